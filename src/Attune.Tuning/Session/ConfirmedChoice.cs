using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>Sees to it that what was chosen inside the model was compared with the reference hundreds of times, like what the search itself chose.</summary>
/// <param name="confirmation">Compares one configuration.</param>
/// <param name="usual">Time for one when there is enough.</param>
/// <param name="progress">Told which one it is about, and what is wrong.</param>
internal sealed class ConfirmedChoice(Confirmation confirmation, TimeSpan usual, IProgress<TuneEvent> progress)
{
    private readonly HashSet<(string Task, long Index)> confirmed = [];

    /// <summary>The first chosen configuration that turns out to be wrong; null when all are right.</summary>
    /// <param name="found">What the search found and confirmed.</param>
    /// <param name="selection">What was chosen.</param>
    /// <param name="time">Time for all confirmations together; null for the usual time of each.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<(string Task, long Index)?> FirstWrongAsync(TuningReport found, ModelSelection selection, TimeSpan? time, CancellationToken cancellation)
    {
        var tasks = found.Tasks.ToDictionary(task => task.Task.Key);
        (string Key, long Index)[] missing =
        [
            .. selection.Tasks.Select(choice => (choice.Key, choice.Value.Configuration.Index))
                .Where(choice => !tasks[choice.Key].Confirmed.Contains(choice.Index) && !confirmed.Contains(choice)),
        ];
        TimeSpan? share = time / Math.Max(1, missing.Length);
        TimeSpan each = share is { } less && less < usual ? less : usual;
        foreach ((string key, long index) in missing)
        {
            TaskReport task = tasks[key];
            progress.Report(new ChoiceConfirming(task.Task));
            MeasureResult result = await confirmation.RunAsync(task.Task, index, Confirmation.FirstVisit, each, cancellation);
            if (result.Outcome != Outcome.Ok)
            {
                progress.Report(new ConfigurationDisqualified(task.Task, index, result.Message));
                return (key, index);
            }

            confirmed.Add((key, index));
        }

        return null;
    }
}
