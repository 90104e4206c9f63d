using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.LowRank;

/// <summary>Runs a network on typical inputs, compiled, and sums up second moments of what layers make of them. Stateless.</summary>
internal static class MomentCollection
{
    /// <summary>Most samples that are run.</summary>
    public const int MaxSamples = 64;

    // Neighbours in an image say much the same.
    private const int MaxPositions = 256;
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>The moments of layers.</summary>
    /// <param name="network">A fused network; forms of its layers do not run.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="inputs">What to run it on.</param>
    /// <param name="report">Told before each run; null for nobody.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    /// <returns>Moments by the layer's name; those that became infinite, or are nothing but zeros, are left out.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Dictionary<string, OutputMoments> Run(
        Network network, IReadOnlyList<LayerFactoring> layers, TypicalInputs inputs, Action<string>? report, CancellationToken cancellation)
    {
        if (layers.Count == 0)
        {
            return [];
        }

        using var model = CompiledModel.Compile(
            PassPipeline.Default.Run(Watched(network, layers)), NoConfigurations, new ModelOptions { Threads = inputs.Threads });
        Dictionary<string, float[][]> sums = layers.ToDictionary(
            layer => layer.Name, layer => Enumerable.Range(0, layer.Groups).Select(_ => new float[layer.Columns * layer.Columns]).ToArray());
        Dictionary<string, long> positions = layers.ToDictionary(layer => layer.Name, _ => 0L);
        int count = Math.Min(MaxSamples, inputs.Samples.Count);
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            report?.Invoke($"sample {i + 1} of {count}");
            IReadOnlyDictionary<string, Tensor> sample = inputs.Samples[i];
            IReadOnlyDictionary<string, Tensor> results = model.Run(model.Inputs.ToDictionary(input => input.Name, input => sample[input.Name]));
            var random = new Random(i);
            foreach (LayerFactoring layer in layers)
            {
                positions[layer.Name] += Add(results[layer.Watched], layer, random, sums[layer.Name]);
            }
        }

        return layers.Where(layer => sums[layer.Name].All(group => Trace(group, layer.Columns) is > 0 and < float.MaxValue))
            .ToDictionary(layer => layer.Name, layer => new OutputMoments(sums[layer.Name], positions[layer.Name]));
    }

    private static Network Watched(Network network, IReadOnlyList<LayerFactoring> layers)
    {
        Network exact = LayerAlternatives.Without(network);
        var constants = exact.Constants.ToBuilder();
        var types = exact.Types.ToBuilder();
        var outputs = ImmutableArray.CreateBuilder<NetworkValue>();
        var nodes = exact.Nodes.ToBuilder();
        foreach (LayerFactoring layer in layers)
        {
            (Node node, string weights, Tensor numbers, TensorType result) = layer.Product();
            nodes.Add(node);
            constants.Add(weights, numbers);
            types.Add(weights, numbers.Type);
            types.Add(node.Outputs[0], result);
            outputs.Add(new NetworkValue(node.Outputs[0], result));
        }

        return exact with
        {
            Nodes = nodes.ToImmutable(),
            Constants = constants.ToImmutable(),
            Types = types.ToImmutable(),
            Outputs = outputs.ToImmutable(),
        };
    }

    /// <summary>Adds what one run made.</summary>
    /// <returns>Positions.</returns>
    private static int Add(Tensor result, LayerFactoring layer, Random random, float[][] sums)
    {
        int channels = layer.Groups * layer.Columns;
        ReadOnlySpan<float> numbers = result.Span<float>();

        // A matrix has its channels last, an image has them second.
        int inner = layer.IsDense ? 1 : (int)(result.Shape.Count / result.Shape[0] / channels);
        int all = numbers.Length / channels;
        int[] taken = [.. Enumerable.Range(0, all)];
        if (all > MaxPositions)
        {
            random.Shuffle(taken);
            taken = taken[..MaxPositions];
        }

        for (int group = 0; group < layer.Groups; group++)
        {
            var rows = new float[taken.Length * layer.Columns];
            for (int i = 0; i < taken.Length; i++)
            {
                int start = (taken[i] / inner * channels * inner) + (taken[i] % inner) + (group * layer.Columns * inner);
                for (int column = 0; column < layer.Columns; column++)
                {
                    rows[(i * layer.Columns) + column] = numbers[start + (column * inner)];
                }
            }

            float[] turned = BlockedProduct.Transpose(rows, taken.Length, layer.Columns);
            float[] moments = BlockedProduct.Of(turned, rows, layer.Columns, taken.Length, layer.Columns);
            for (int i = 0; i < moments.Length; i++)
            {
                sums[group][i] += moments[i];
            }
        }

        return taken.Length;
    }

    private static double Trace(float[] moments, int columns) => Enumerable.Range(0, columns).Sum(i => (double)moments[(i * columns) + i]);
}
