using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Numerics;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Experiments.Iccv2021;

/// <summary>
/// Compares tuning sets: what a tuner with history wants measured first, beside BTED's and random sets of the same size. The sets' points are measured as in
/// any search; nothing is told to the tuners in between, so a set shows what history alone is worth.
/// </summary>
/// <param name="device">What measures.</param>
/// <param name="points">Points per set, at least 1; the poster has 64.</param>
/// <param name="seeds">Sets per task and kind, at least 1.</param>
public sealed class TuningSets(ITaskDevice device, int points, int seeds)
{
    /// <summary>Compares the sets of one task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="sets">Names of the sets with the options of their tuners, by seed.</param>
    /// <param name="bestMs">Best known time of the task, milliseconds.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ImmutableArray<TuningSetRow>> CompareAsync(
        ExperimentTask task, IReadOnlyList<(string Name, string Tuner, Func<int, SearcherOptions> Options)> sets, double bestMs, CancellationToken cancellation)
    {
        var rows = ImmutableArray.CreateBuilder<TuningSetRow>();
        foreach ((string name, string tuner, Func<int, SearcherOptions> options) in sets)
        {
            var bests = new List<double>();
            var qualities = new List<double>();
            int failing = 0;
            for (int seed = 1; seed <= seeds; seed++)
            {
                double best = 0;
                foreach (long index in SearcherCatalog.Create(tuner, task.Tuning.Space, options(seed) with { InitialPoints = points }).Ask(points))
                {
                    TaskMeasurement measured = await device.MeasureAsync(task, index, name, seed, cancellation);
                    bool works = measured.Outcome is Outcome.Ok or Outcome.CutShort && measured.TimeMs > 0;
                    double quality = works ? bestMs / measured.TimeMs : 0;
                    failing += works ? 0 : 1;
                    qualities.Add(quality);
                    best = Math.Max(best, quality);
                }

                bests.Add(best);
            }

            if (qualities.Count > 0)
            {
                rows.Add(new TuningSetRow(
                    task.Group, task.Tuning.Name, name, qualities.Count / seeds, MeanInterval.Of(bests), qualities.Average(),
                    (double)failing / qualities.Count));
            }
        }

        return rows.ToImmutable();
    }
}
