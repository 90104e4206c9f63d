using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Attune.Tuning.Search;

namespace Attune.Experiments.Search;

/// <summary>Everything that happened in one search of one task.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Task">Key of the task.</param>
/// <param name="Arm">Name of the arm.</param>
/// <param name="Seed">Seed of the search.</param>
/// <param name="Points">The trials, in order.</param>
/// <param name="ThinkingMs">Time that the tuner itself took, milliseconds.</param>
/// <param name="Stop">Why it ended.</param>
public sealed record SearchTrace(string Group, string Task, string Arm, int Seed, ImmutableArray<TracePoint> Points, double ThinkingMs, SearchStop Stop)
{
    /// <summary>The fastest correct trial, or null.</summary>
    [JsonIgnore]
    public TracePoint? Best => Points.Any(point => point.CanBeBest) ? Points.Where(point => point.CanBeBest).MinBy(point => point.TimeMs) : null;

    /// <summary>Seconds that the search takes: compiling, measuring and thinking.</summary>
    [JsonIgnore]
    public double Seconds => (Points.Sum(point => point.CostMs) + ThinkingMs) / 1000;

    /// <summary>Best time after each trial, milliseconds; positive infinity while nothing worked. A search that ended early keeps its last best.</summary>
    /// <param name="trials">Length of the curve.</param>
    public double[] Curve(int trials)
    {
        var curve = new double[trials];
        double best = double.PositiveInfinity;
        for (int i = 0; i < trials; i++)
        {
            if (i < Points.Length && Points[i] is { CanBeBest: true, TimeMs: { } time })
            {
                best = Math.Min(best, time);
            }

            curve[i] = best;
        }

        return curve;
    }
}
