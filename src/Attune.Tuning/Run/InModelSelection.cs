using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Runtime;

namespace Attune.Tuning;

/// <summary>
/// The last choice is made where the kernels will run. A kernel alone finds its input in the caches of the core that reads it and the outer cache to itself; inside the
/// model the input was written by all cores and the weights of the whole model pass through the cache. So models are compiled from the finalists of all tasks
/// (the best of each, the second of each, ..., the default of each), their steps are timed in turns, and every task takes the finalist whose steps were fastest.
/// </summary>
public sealed class InModelSelection
{
    private const int Rounds = 7;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(60);
    private readonly Network network;
    private readonly ModelOptions options;
    private readonly TimeProvider clock;

    /// <summary>Prepares a selection.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="threads">Threads it runs on.</param>
    /// <param name="clock">Time.</param>
    public InModelSelection(Network network, int threads, TimeProvider clock)
    {
        this.network = network;
        this.clock = clock;
        options = new ModelOptions(threads);
    }

    /// <summary>Chooses for every task.</summary>
    /// <param name="finalists">Candidates by task key, the most promising first; at least one each.</param>
    /// <param name="inputs">Inputs to run on.</param>
    /// <param name="cancellation">Stops early; an exception is thrown.</param>
    /// <returns>The chosen configuration and its time per layer inside the model, milliseconds, by task key.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IReadOnlyDictionary<string, (Configuration Configuration, double Ms)> Run(
        IReadOnlyDictionary<string, ImmutableArray<Configuration>> finalists,
        IReadOnlyDictionary<string, Tensor> inputs,
        CancellationToken cancellation)
    {
        int count = finalists.Values.Max(list => list.Length);
        var models = new List<CompiledModel>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                int rank = i;
                models.Add(CompiledModel.Compile(network, finalists.ToDictionary(pair => pair.Key, pair => At(pair.Value, rank).ToLabels()), options));
            }

            double[][] stepTimes = Time(models, inputs, cancellation);
            return finalists.ToDictionary(pair => pair.Key, pair => Choose(pair.Key, pair.Value, models[0].Steps, stepTimes));
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static Configuration At(ImmutableArray<Configuration> finalists, int rank) => finalists[Math.Min(rank, finalists.Length - 1)];

    private static (Configuration Configuration, double Ms) Choose(string task, ImmutableArray<Configuration> finalists, ImmutableArray<StepReport> steps, double[][] times)
    {
        (double Ms, int Rank) best = (double.PositiveInfinity, 0);
        int[] own = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i].TaskKey == task)];
        for (int rank = 0; rank < finalists.Length; rank++)
        {
            double ms = own.Sum(step => times[rank][step]) / Math.Max(1, own.Length);
            if (ms < best.Ms)
            {
                best = (ms, rank);
            }
        }

        return (finalists[best.Rank], best.Ms);
    }

    /// <summary>Time of every step of every model: the least of several medians, so that a disturbance of one round decides nothing.</summary>
    private double[][] Time(List<CompiledModel> models, IReadOnlyDictionary<string, Tensor> inputs, CancellationToken cancellation)
    {
        double[][] least = [.. models.Select(model => Enumerable.Repeat(double.PositiveInfinity, model.Steps.Length).ToArray())];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < models.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = clock.GetTimestamp();
                double[] first = models[i].Profile(inputs, 1);
                double once = Math.Max(0.01, clock.GetElapsedTime(start).TotalMilliseconds / 2);
                double[] medians = models[i].Profile(inputs, (int)Math.Clamp(RoundTime.TotalMilliseconds / once, 1, 200));
                for (int step = 0; step < first.Length; step++)
                {
                    least[i][step] = Math.Min(least[i][step], medians[step]);
                }
            }
        }

        return least;
    }
}
