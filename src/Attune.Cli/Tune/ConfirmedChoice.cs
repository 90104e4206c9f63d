using Attune.Cli.Output;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>Sees to it that what was chosen inside the model was compared with the reference hundreds of times, like what the search itself chose.</summary>
internal sealed class ConfirmedChoice(Confirmation confirmation, ProgressLine progress)
{
    private readonly HashSet<(string Task, long Index)> confirmed = [];

    /// <summary>The first chosen configuration that turns out to be wrong; null when all are right.</summary>
    /// <param name="report">What the search found and confirmed.</param>
    /// <param name="selection">What was chosen.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(string Task, long Index)?> FirstWrongAsync(TuningReport report, ModelSelection selection, CancellationToken cancellation)
    {
        var tasks = report.Tasks.ToDictionary(task => task.Task.Key);
        foreach ((string key, SelectedTask choice) in selection.Tasks)
        {
            TaskReport task = tasks[key];
            long index = choice.Configuration.Index;
            if (task.Confirmed.Contains(index) || !confirmed.Add((key, index)))
            {
                continue;
            }

            progress.Report($"tune    comparing what was chosen for {task.Task.Name} with the reference");
            MeasureResult result = await confirmation.RunAsync(task.Task, index, Confirmation.FirstVisit, null, cancellation);
            if (result.Outcome != Outcome.Ok)
            {
                progress.Announce($"tune    a configuration of {task.Task.Name} is out for good: {result.Message}");
                return (key, index);
            }
        }

        return null;
    }
}
