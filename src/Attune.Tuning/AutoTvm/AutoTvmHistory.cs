using System.Collections.Immutable;
using Attune.Kernels.Templates;
using Attune.Learning;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.AutoTvm;

/// <summary>Earlier results that AutoTVM's base model learns from: one entry per task, with features as long as those of the task at hand.</summary>
/// <param name="Tasks">The tasks.</param>
internal sealed record AutoTvmHistory(ImmutableArray<AutoTvmHistory.TaskRows> Tasks)
{
    /// <summary>Rows in all tasks.</summary>
    public int Rows => Tasks.Sum(task => task.Features.Rows);

    /// <summary>
    /// The tasks of a history whose features are as many as those of the search; the others belong to other templates and are left out, as in AutoTVM.
    /// </summary>
    public static AutoTvmHistory Of(TuningHistory? history, SearchMemory memory)
    {
        if (history is null || memory.Sampler.DrawOne(new Random(0), _ => false) is not { } any)
        {
            return new AutoTvmHistory([]);
        }

        int columns = memory.FeaturesOf(any).Length;
        var tasks = ImmutableArray.CreateBuilder<TaskRows>();
        foreach (HistoryTask task in history.Tasks)
        {
            var features = new FeatureTable(columns, task.Observations.Length);
            var performance = ImmutableArray.CreateBuilder<double>(task.Observations.Length);
            double work = WeightedWorkload.TryParse(task.Key)?.Flops ?? 1;
            foreach (Observation observation in task.Observations)
            {
                float[] row = Array.ConvertAll(task.Space.Features(observation.Index), value => (float)value);
                if (row.Length == columns)
                {
                    features.Add(row);
                    performance.Add(observation.IsTimed ? work / observation.TimeMs : 0);
                }
            }

            if (features.Rows > 0 && performance.Max() > 0)
            {
                tasks.Add(new TaskRows(features, performance.ToImmutable()));
            }
        }

        return new AutoTvmHistory(tasks.ToImmutable());
    }

    /// <summary>All features, and labels as performance relative to the best.</summary>
    /// <param name="globally">
    /// True divides by the best of all tasks, so that small tasks look uniformly bad, as AutoTVM does; false by the best of each task.
    /// </param>
    public (FeatureTable Features, float[] Labels) Joined(bool globally)
    {
        var features = new FeatureTable(Tasks[0].Features.Columns, Rows);
        var labels = new List<float>(Rows);
        double best = Tasks.Max(task => task.Performance.Max());
        foreach (TaskRows task in Tasks)
        {
            double unit = globally ? best : task.Performance.Max();
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
    /// <param name="Performance">Work per time of each row, in one unit for all tasks; 0 for failures.</param>
    public sealed record TaskRows(FeatureTable Features, ImmutableArray<double> Performance);
}
