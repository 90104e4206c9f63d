using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Sources;

namespace Attune.Runtime.Dynamic;

/// <summary>A model for whatever shapes its inputs may have: planned for each set of them that is met.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly OpenNetwork open;
    private readonly Lazy<DynamicModel> model;

    /// <summary>Prepares a model; nothing is compiled yet.</summary>
    /// <param name="open">The model.</param>
    /// <param name="reload">Gives it with all constants, once inputs of other shapes come; null where they are to be taken now.</param>
    /// <param name="configurations">Knob texts by task key.</param>
    /// <param name="options">Options with nothing left to the machine, and a team to share.</param>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public OpenModel(
        OpenNetwork open, Func<OpenNetwork>? reload, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions options)
    {
        this.open = open with { Network = open.Network with { Constants = ImmutableDictionary<string, Tensor>.Empty } };
        if (reload is null)
        {
            var complete = new DynamicModel(Complete(open.Network), configurations, options);
            model = new Lazy<DynamicModel>(complete);
        }
        else
        {
            model = new Lazy<DynamicModel>(() => new DynamicModel(Complete(Same(reload()).Network), configurations, options));
        }
    }

    /// <summary>What the inputs may be.</summary>
    public ImmutableArray<OpenInput> Inputs => open.Inputs;

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <exception cref="ArgumentException">An input is missing or not admissible.</exception>
    /// <exception cref="TunedModelException">The file is not there any more, or another one.</exception>
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

        Tensor[] results = model.Value.Run(inputs);
        return open.Network.Outputs.Zip(results).ToDictionary(static pair => pair.First.Name, static pair => pair.Second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (model.IsValueCreated)
        {
            model.Value.Dispose();
        }
    }

    // The file that elements may lie in is closed after loading.
    private static Network Complete(Network network) => network with
    {
        Constants = network.Constants.ToImmutableDictionary(
            static constant => constant.Key, static constant => Tensor.Wrap(constant.Value.Shape, constant.Value.Data)),
    };

    private OpenNetwork Same(OpenNetwork again) =>
        again.Inputs.Select(static input => input.ToString()).SequenceEqual(open.Inputs.Select(static input => input.ToString()))
        ? again
        : throw new TunedModelException(FileErrors.Reading(
            new FileDefectException(TunedModelFailure.Malformed, "it is another one since it was loaded, with other inputs"), ModelOrigin.Memory));
}
