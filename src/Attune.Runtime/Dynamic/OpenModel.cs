using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;

namespace Attune.Runtime.Dynamic;

/// <summary>A model for whatever shapes its inputs may have: planned for each set of them that is met.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly OpenNetwork open;
    private readonly DynamicModel model;

    /// <summary>Prepares a model; nothing is compiled yet.</summary>
    /// <param name="open">The model.</param>
    /// <param name="configurations">Knob texts by task key.</param>
    /// <param name="options">Options with nothing left to the machine, and a team to share.</param>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public OpenModel(OpenNetwork open, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions options)
    {
        // The file that elements may lie in is closed after loading.
        this.open = open;
        Network network = open.Network with
        {
            Constants = open.Network.Constants.ToImmutableDictionary(
                static constant => constant.Key, static constant => Tensor.Wrap(constant.Value.Shape, constant.Value.Data)),
        };
        model = new DynamicModel(network, configurations, options);
    }

    /// <summary>What the inputs may be.</summary>
    public ImmutableArray<OpenInput> Inputs => open.Inputs;

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <exception cref="ArgumentException">An input is missing or not admissible.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OpenInput input in open.Inputs)
        {
            if (!inputs.TryGetValue(input.Name, out Tensor? tensor))
            {
                throw new ArgumentException($"Input '{input.Name}' ({input}) is missing.", nameof(inputs));
            }

            if (input.Complaint(tensor.Type, symbols) is { } complaint)
            {
                throw new ArgumentException($"Input '{input.Name}' cannot be taken: {complaint}.", nameof(inputs));
            }
        }

        Tensor[] results = model.Run(inputs);
        return open.Network.Outputs.Zip(results).ToDictionary(static pair => pair.First.Name, static pair => pair.Second);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
