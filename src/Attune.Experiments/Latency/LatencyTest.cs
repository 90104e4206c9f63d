using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Numerics;
using Attune.Runtime;

namespace Attune.Experiments.Latency;

/// <summary>
/// Times whole models: for one network and seed, the models of all arms take turns in several rounds, each round's first runs are not counted, and who goes
/// first changes. Nothing is shared here: whatever a search believed, the model's latency is measured anew. One model is in memory at a time.
/// </summary>
/// <param name="network">The fused network.</param>
/// <param name="options">Threads and lanes.</param>
/// <param name="clock">Time.</param>
public sealed class LatencyTest(Network network, ModelOptions options, TimeProvider clock)
{
    private const int Rounds = 4;
    private const int WarmUps = 3;

    /// <summary>Times the models of all arms.</summary>
    /// <param name="group">Name of the network.</param>
    /// <param name="seed">Seed of the searches, for the result.</param>
    /// <param name="configurations">Knobs by task key, by arm.</param>
    /// <param name="runs">Runs per model, at least 1.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public ImmutableArray<LatencyRun> Run(
        string group,
        int seed,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> configurations,
        int runs,
        CancellationToken cancellation)
    {
        string[] arms = [.. configurations.Keys];
        Dictionary<string, List<double>> times = arms.ToDictionary(arm => arm, _ => new List<double>(runs));
        int perRound = (runs + Rounds - 1) / Rounds;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (string arm in round % 2 == 0 ? arms : arms.Reverse())
            {
                int count = Math.Min(perRound, runs - times[arm].Count);
                if (count > 0)
                {
                    using var model = CompiledModel.Compile(network, configurations[arm], options);
                    Time(model, times[arm], count, cancellation);
                }
            }
        }

        return [.. arms.Select(arm => Describe(group, arm, seed, times[arm]))];
    }

    private static LatencyRun Describe(string group, string arm, int seed, List<double> times)
    {
        return new LatencyRun(group, arm, seed, times.Count, times.Average(), Moments.Variance(times), Quantiles.Median(times));
    }

    private void Time(CompiledModel model, List<double> times, int count, CancellationToken cancellation)
    {
        Dictionary<string, Tensor> inputs = model.Inputs.ToDictionary(input => input.Name, input => Ramp(input.Type));
        for (int i = -WarmUps; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            model.Run(inputs);
            if (i >= 0)
            {
                times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    // Values in [-1, 1) that repeat with a period no tile has; integers stay 0, a valid index everywhere.
    private static Tensor Ramp(TensorType type)
    {
        var tensor = Tensor.Zeros(type.Element, type.Shape);
        if (tensor.Data is float[] values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ((i * 37 % 1021) / 510.5f) - 1;
            }
        }

        return tensor;
    }
}
