using System.Collections.Immutable;
using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Turns history into training data: per task, the negated logarithm of the time, standardised over the task (so that every task counts alike, whatever its
/// size and device); failures lie two deviations below the mean.
/// </summary>
internal static class PriorTraining
{
    /// <summary>Standardised merit of a failure.</summary>
    public const double FailureScore = -2;

    /// <summary>Rows of one task at most, so that a task measured exhaustively does not drown the others.</summary>
    private const int RowsPerTask = 1500;

    /// <summary>Mean and deviation of the log times of a task.</summary>
    public static (double Mean, double Deviation) ScaleOf(HistoryTask task)
    {
        double[] logs = [.. task.Observations.Where(observation => observation.IsTimed).Select(observation => Math.Log(observation.TimeMs))];
        double mean = logs.Average();
        double deviation = Math.Sqrt(logs.Average(value => (value - mean) * (value - mean)));
        return (mean, Math.Max(deviation, 1e-3));
    }

    /// <summary>Merit of an observation on a task's scale, the larger the better.</summary>
    public static double Score(Observation observation, (double Mean, double Deviation) scale) =>
        observation.IsTimed ? Math.Clamp((scale.Mean - Math.Log(observation.TimeMs)) / scale.Deviation, -4, 8) : FailureScore;

    /// <summary>Trains a deep process on tasks of one template.</summary>
    /// <param name="tasks">At least one task.</param>
    /// <param name="columns">Columns of the features.</param>
    /// <param name="options">Parameters.</param>
    /// <param name="rows">Rows that were used.</param>
    public static DeepGaussianProcess Train(IReadOnlyList<HistoryTask> tasks, ImmutableArray<string> columns, DeepGaussianOptions options, out int rows)
    {
        var table = new FeatureTable(columns.Length, 1024);
        var labels = new List<float>();
        var random = new Random(options.Seed);
        foreach (HistoryTask task in tasks)
        {
            var features = new TransferFeatures(task.Space, task.Key, columns);
            (double Mean, double Deviation) scale = ScaleOf(task);
            Observation[] observations = [.. task.Observations];
            if (observations.Length > RowsPerTask)
            {
                random.Shuffle(observations);
                observations = observations[..RowsPerTask];
            }

            foreach (Observation observation in observations)
            {
                table.Add(features.Of(observation.Index));
                labels.Add((float)Score(observation, scale));
            }
        }

        rows = table.Rows;
        var process = new DeepGaussianProcess(options);
        process.Fit(table, [.. labels], []);
        return process;
    }

    /// <summary>All columns that any of the tasks has, sorted.</summary>
    public static ImmutableArray<string> ColumnsOf(IEnumerable<HistoryTask> tasks) =>
        [.. tasks.SelectMany(task => new TransferFeatures(task.Space, task.Key).Columns).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
