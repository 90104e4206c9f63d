using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Quantisation;

/// <summary>Runs a network on samples, compiled, and sees what its values hold.</summary>
internal static class Calibration
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>How often every sample runs.</summary>
    public static int PassesOf(CalibrationMethod method) => method == CalibrationMethod.MinMax ? 1 : 2;

    /// <summary>The range of every value.</summary>
    /// <param name="network">The network, of 32-bit floats.</param>
    /// <param name="values">Values to look at.</param>
    /// <param name="samples">Inputs of runs, at least one.</param>
    /// <param name="options">Method and threads.</param>
    /// <param name="ran">Called after every run of a sample; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Ranges by name; why there are none.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static Result<Dictionary<string, ValueRange>, QuantiseError> Run(
        Network network,
        IReadOnlyList<string> values,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        QuantiserOptions options,
        Action? ran = null,
        CancellationToken cancellation = default)
    {
        HashSet<string> inputs = [.. network.Inputs.Select(input => input.Name)];
        Network watched = network with
        {
            Outputs = [.. values.Where(value => !inputs.Contains(value)).Select(value => new NetworkValue(value, network.TypeOf(value)))],
        };
        Dictionary<string, RangeObserver> observers = values.ToDictionary(value => value, _ => new RangeObserver());
        using CompiledModel? model = watched.Outputs.IsEmpty ? null
            : CompiledModel.Compile(PassPipeline.Default.Run(watched), NoConfigurations, new ModelOptions { Threads = options.Threads });
        for (int pass = 0; pass < PassesOf(options.Method); pass++)
        {
            foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
            {
                cancellation.ThrowIfCancellationRequested();
                IReadOnlyDictionary<string, Tensor>? results = model?.Run(model.Inputs.ToDictionary(input => input.Name, input => sample[input.Name]));
                foreach ((string value, RangeObserver observer) in observers)
                {
                    ReadOnlySpan<float> numbers = (inputs.Contains(value) ? sample[value] : results![value]).Span<float>();
                    if (pass == 0)
                    {
                        observer.See(numbers);
                    }
                    else
                    {
                        observer.Count(numbers);
                    }
                }

                ran?.Invoke();
            }

            if (observers.FirstOrDefault(pair => !pair.Value.IsFinite) is { Key: { } broken })
            {
                return new QuantiseError(
                    QuantiseFailure.Samples,
                    $"The value '{broken}' of network '{network.Name}' becomes infinite or no number on the calibration samples; bytes cannot stand for that.",
                    "Check the samples, and the network's weights.");
            }
        }

        return observers.ToDictionary(pair => pair.Key, pair => pair.Value.Choose(options));
    }
}
