using System.Collections.Immutable;
using Attune.Learning;

namespace Attune.Tuning;

/// <summary>Earlier results that AutoTVM's base model learns from: one entry per task, with features as long as those of the task at hand.</summary>
/// <param name="Tasks">The tasks.</param>
public sealed record AutoTvmHistory(ImmutableArray<AutoTvmHistory.TaskRows> Tasks)
{
    /// <summary>No history.</summary>
    public static readonly AutoTvmHistory None = new([]);

    /// <summary>Rows in all tasks.</summary>
    public int Rows => Tasks.Sum(task => task.Features.Rows);

    /// <summary>All features, and labels as performance relative to the best.</summary>
    /// <param name="globally">True divides by the best of all tasks, so that small tasks look uniformly bad, as AutoTVM does; false by the best of each task.</param>
    internal (FeatureTable Features, float[] Labels) Joined(bool globally)
    {
        var features = new FeatureTable(Tasks[0].Features.Columns, Rows);
        var labels = new List<float>(Rows);
        double best = Tasks.Max(task => task.Performance.Max());
        foreach (TaskRows task in Tasks)
        {
            double unit = Math.Max(globally ? best : task.Performance.Max(), double.Epsilon);
            for (int row = 0; row < task.Features.Rows; row++)
            {
                features.Add(task.Features.Row(row));
                labels.Add((float)(task.Performance[row] / unit));
            }
        }

        return (features, [.. labels]);
    }

    /// <summary>Results of one task.</summary>
    /// <param name="Features">One row per configuration.</param>
    /// <param name="Performance">Work per time of each row, in any one unit; 0 for failures.</param>
    public sealed record TaskRows(FeatureTable Features, ImmutableArray<double> Performance);
}
