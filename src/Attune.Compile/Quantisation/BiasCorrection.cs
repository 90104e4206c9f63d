using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Rounded weights and inputs make the outputs of a channel too large or too small on average. Runs every layer on floats and, from the same input, on bytes,
/// and gives what is missing on average, which belongs into the layer's bias. Stateless.
/// </summary>
internal static class BiasCorrection
{
    /// <summary>Most samples that averages are taken over.</summary>
    public const int MaxSamples = 64;

    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>Runs that <see cref="Run"/> makes at most.</summary>
    /// <param name="samples">How many samples there are.</param>
    public static int RunsOf(int samples) => Math.Min(samples, MaxSamples);

    /// <summary>What is missing, for every output channel of every layer that can have a bias.</summary>
    /// <param name="insertion">Conversions of a plan, fresh.</param>
    /// <param name="samples">Inputs of runs, at least one.</param>
    /// <param name="threads">Threads to run on.</param>
    /// <param name="ran">Called after every run, and for every one that is not needed; null for nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Summands by the layer's name.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static Dictionary<string, float[]> Run(
        ConversionInsertion insertion,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples,
        int threads,
        Action? ran,
        CancellationToken cancellation)
    {
        (Network network, ImmutableArray<(Node Layer, string Bytes)> pairs) = insertion.Beside();
        if (pairs.IsEmpty)
        {
            for (int i = 0; i < RunsOf(samples.Count); i++)
            {
                ran?.Invoke();
            }

            return [];
        }

        Dictionary<string, double[]> sums = pairs.ToDictionary(pair => pair.Layer.Name, pair => new double[network.TypeOf(pair.Bytes).Shape[1]]);
        Dictionary<string, long> counts = pairs.ToDictionary(pair => pair.Layer.Name, _ => 0L);
        using var model = CompiledModel.Compile(PassPipeline.Default.Run(network), NoConfigurations, new ModelOptions { Threads = threads });
        foreach (IReadOnlyDictionary<string, Tensor> sample in samples.Take(MaxSamples))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyDictionary<string, Tensor> results = model.Run(model.Inputs.ToDictionary(input => input.Name, input => sample[input.Name]));
            foreach ((Node layer, string bytes) in pairs)
            {
                double[] missing = sums[layer.Name];
                Tensor wanted = results[layer.Outputs[0]];
                int inner = wanted.Count / wanted.Shape[0] / missing.Length;
                Add(wanted.Span<float>(), results[bytes].Span<float>(), inner, missing);
                counts[layer.Name] += wanted.Count / missing.Length;
            }

            ran?.Invoke();
        }

        return sums.ToDictionary(pair => pair.Key, pair => Array.ConvertAll(pair.Value, sum => (float)(sum / counts[pair.Key])));
    }

    // Channels are the second axis, of convolutions as of Gemm.
    private static void Add(ReadOnlySpan<float> wanted, ReadOnlySpan<float> got, int inner, double[] sums)
    {
        for (int start = 0, channel = 0; start < wanted.Length; start += inner, channel = channel + 1 == sums.Length ? 0 : channel + 1)
        {
            double sum = 0;
            for (int i = start; i < start + inner; i++)
            {
                sum += (double)wanted[i] - got[i];
            }

            sums[channel] += sum;
        }
    }
}
