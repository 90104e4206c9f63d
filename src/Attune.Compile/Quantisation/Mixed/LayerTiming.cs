using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Numerics;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Times layers inside networks, step by step. Stateless.</summary>
internal static class LayerTiming
{
    /// <summary>How often the two networks take turns.</summary>
    public const int Rounds = 7;

    private const int RunsOfRound = 3;
    private const int RunsAlone = 5;

    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>
    /// Time of every layer in every network, milliseconds: medians over alternating runs. Where another network's layer seems faster than that of floats by no
    /// more than the noise, it counts as equally fast.
    /// </summary>
    /// <param name="networks">The network of floats, and those with all layers in another form, before all passes.</param>
    /// <param name="layers">Names of the layers.</param>
    /// <param name="hasSources">
    /// For every layer, whether results of other layers can reach it in their form; else turning its input into it is left out.
    /// </param>
    /// <param name="sample">Inputs of the runs.</param>
    /// <param name="threads">Threads to run on.</param>
    /// <param name="ran">Called after every round.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <returns>For every layer its times, in the order of the networks.</returns>
    public static ImmutableArray<ImmutableArray<double>> Measure(
        IReadOnlyList<Network> networks,
        ImmutableArray<string> layers,
        ImmutableArray<bool> hasSources,
        IReadOnlyDictionary<string, Tensor> sample,
        int threads,
        Action ran,
        CancellationToken cancellation)
    {
        var timed = new List<TimedSteps>();
        try
        {
            timed.AddRange(networks.Select(network => Compile(network, layers, threads)));
            for (int round = 0; round < Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (TimedSteps turn in round % 2 == 0 ? timed : timed.AsEnumerable().Reverse())
                {
                    turn.Run(sample, RunsOfRound);
                }

                ran();
            }

            return
            [
                .. hasSources.Select((has, layer) =>
                {
                    double[] floats = timed[0].Of(layer, withEntry: true);
                    (double Floats, double Other)[] known = [.. timed.Skip(1).Select(other => Known(floats, other.Of(layer, has)))];
                    return (ImmutableArray<double>)[Quantiles.Median(floats), .. known.Select(pair => pair.Other)];
                }),
            ];
        }
        finally
        {
            timed.ForEach(steps => steps.Dispose());
        }
    }

    /// <summary>
    /// Time of turning what a layer reads into its form, milliseconds, in a network where it alone is in that form and which runs some more times for this.
    /// </summary>
    /// <param name="network">The network after all passes.</param>
    /// <param name="layer">Name of the layer.</param>
    /// <param name="model">The network, compiled.</param>
    /// <param name="sample">Its inputs.</param>
    public static double EntryMs(Network network, string layer, CompiledModel model, IReadOnlyDictionary<string, Tensor> sample)
    {
        var owners = new StepOwners(network, [layer]);
        double[] times = model.Profile(Needed(model, sample), RunsAlone);
        return model.Steps.Zip(times).Where(pair => owners.Of(pair.First.Name).IsEntry).Sum(pair => pair.Second);
    }

    /// <summary>What a model takes of a sample.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">A sample.</param>
    public static Dictionary<string, Tensor> Needed(CompiledModel model, IReadOnlyDictionary<string, Tensor> sample) =>
        model.Inputs.ToDictionary(input => input.Name, input => sample[input.Name]);

    /// <summary>Medians of a layer's times in both forms, of which the second is only less where that is beyond the noise.</summary>
    /// <param name="floats">Times in floats, milliseconds.</param>
    /// <param name="bytes">Times on bytes in the same rounds, milliseconds.</param>
    internal static (double Floats, double Bytes) Known(double[] floats, double[] bytes)
    {
        double[] gains = [.. floats.Zip(bytes, (one, other) => one - other)];
        (double slow, double fast) = (Quantiles.Median(floats), Quantiles.Median(bytes));
        return fast < slow && Quantiles.Median(gains) <= RobustStatistics.HalfWidth(gains) ? (slow, slow) : (slow, fast);
    }

    private static TimedSteps Compile(Network network, ImmutableArray<string> layers, int threads)
    {
        Network fused = PassPipeline.Default.Run(network);
        return new TimedSteps(
            CompiledModel.Compile(fused, NoConfigurations, new ModelOptions { Threads = threads }), new StepOwners(fused, layers), layers.Length);
    }

    private sealed class TimedSteps(CompiledModel model, StepOwners owners, int layers) : IDisposable
    {
        private readonly (int Layer, bool IsEntry)[] causes = [.. model.Steps.Select(step => owners.Of(step.Name))];
        private readonly List<double>[] plain = [.. Enumerable.Range(0, layers).Select(_ => new List<double>())];
        private readonly List<double>[] entries = [.. Enumerable.Range(0, layers).Select(_ => new List<double>())];

        public void Run(IReadOnlyDictionary<string, Tensor> sample, int runs)
        {
            RunRecording recording = model.Record(Needed(model, sample), runs);
            var sums = new double[2, layers, runs];
            for (int step = 0; step < causes.Length; step++)
            {
                if (causes[step] is { Layer: >= 0 and var layer, IsEntry: var enters })
                {
                    double[] times = recording.StepMs(step);
                    for (int run = 0; run < runs; run++)
                    {
                        sums[enters ? 1 : 0, layer, run] += times[run];
                    }
                }
            }

            for (int layer = 0; layer < layers; layer++)
            {
                for (int run = 0; run < runs; run++)
                {
                    plain[layer].Add(sums[0, layer, run]);
                    entries[layer].Add(sums[1, layer, run]);
                }
            }
        }

        public double[] Of(int layer, bool withEntry) => withEntry ? [.. plain[layer].Zip(entries[layer], (one, other) => one + other)] : [.. plain[layer]];

        public void Dispose() => model.Dispose();
    }
}
