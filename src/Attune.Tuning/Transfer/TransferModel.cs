using System.Collections.Immutable;
using Attune.Learning.Gaussian;

namespace Attune.Tuning.Transfer;

/// <summary>A deep process for the tasks of one template.</summary>
/// <param name="Template">What its tasks have in common (see <see cref="TransferFeatures.TemplateOf"/>).</param>
/// <param name="Columns">Names of its features.</param>
/// <param name="Process">The process; predicts standardised merit.</param>
/// <param name="Deviation">Mean over its tasks of the deviation of log times: what one unit of merit means.</param>
/// <param name="Tasks">Tasks it learnt from.</param>
/// <param name="Rows">Observations it learnt from.</param>
internal sealed record TransferModel(string Template, ImmutableArray<string> Columns, DeepGaussianProcess Process, double Deviation, int Tasks, int Rows)
{
    /// <summary>One model per template of a history.</summary>
    public static ImmutableArray<TransferModel> Train(TuningHistory history, TransferOptions options, int seed)
    {
        var models = ImmutableArray.CreateBuilder<TransferModel>();
        foreach (IGrouping<string, HistoryTask> group in history.Tasks.GroupBy(task => TransferFeatures.TemplateOf(task.Space), StringComparer.Ordinal))
        {
            HistoryTask[] tasks = [.. group];
            ImmutableArray<string> columns = PriorTraining.ColumnsOf(tasks);
            DeepGaussianProcess process = PriorTraining.Train(tasks, columns, Deep(options, seed), out int rows);
            models.Add(new TransferModel(group.Key, columns, process, tasks.Average(task => PriorTraining.ScaleOf(task).Deviation), tasks.Length, rows));
        }

        return models.ToImmutable();
    }

    private static DeepGaussianOptions Deep(TransferOptions options, int seed) => new()
    {
        InducingPoints = options.InducingPoints,
        Width = options.Width,
        Steps = options.Steps,
        TuningPrior = options.TuningPrior,
        Seed = seed,
    };
}
