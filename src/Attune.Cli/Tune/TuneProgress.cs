using Attune.Cli.Output;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>
/// Tells what a tune is doing. What matters most comes first, because a narrow terminal cuts lines off at the right: the model's latency so far and the time left, then
/// trials, then the task.
/// </summary>
/// <param name="line">Where to.</param>
/// <param name="name">The model.</param>
/// <param name="tasks">How many tasks it has.</param>
/// <param name="left">Time left of the whole budget, called for every line; null for what the search itself says.</param>
internal sealed class TuneProgress(ProgressLine line, string name, int tasks, Func<TimeSpan?>? left = null)
{
    private const int LongestName = 18;
    private readonly Dictionary<string, int> positions = [];
    private readonly HashSet<string> timed = [];
    private readonly string shortName = name.Length <= LongestName ? name : $"{name[..8]}…{name[^9..]}";
    private double? first;
    private double? now;
    private TimeSpan? searchLeft;
    private int replayed;

    /// <summary>Takes an event in.</summary>
    public void On(TuningEvent happened)
    {
        switch (happened)
        {
            case TrialsReplayed trials:
                replayed += trials.Taken;
                Report($"{replayed} earlier trials taken over from the records");
                break;
            case TrialMeasured trial:
                positions.TryAdd(trial.Task.Key, positions.Count + 1);
                if (trial.BestMs is not null)
                {
                    timed.Add(trial.Task.Key);
                }

                first ??= trial.ModelLatencyMs;
                now = trial.ModelLatencyMs ?? now;
                searchLeft = trial.TimeLeft;
                Report($"{Units.Counted(trial.TotalTrials, "trial")} · task {positions[trial.Task.Key]}/{tasks} {trial.Task.Name}: {Units.Counted(trial.TaskTrials, "trial")}, best {Best(trial)}");
                break;
            case TaskEnded { Message: { } message } ended:
                line.Announce($"tune    {ended.Task.Name} is given up: {message}");
                break;
            case ConfigurationDisqualified { Task: var task, Message: var message }:
                line.Announce($"tune    a configuration of {task.Name} is out for good: {message}");
                break;
            case FinalMeasurementStarted final:
                Report($"measuring the {final.Candidates} best of {final.Task.Name} again");
                break;
        }
    }

    /// <summary>Tells how far the comparison of the whole model is.</summary>
    public void On(ModelComparison comparison)
    {
        now = comparison.TunedMs;
        first = comparison.DefaultMs;
        Report(comparison.Gain is { } gain ? $"compared in {Units.Counted(gain.Pairs, "pair")}, {gain.Median:0.00}x [{gain.Low:0.00}, {gain.High:0.00}]" : "timing the model");
    }

    /// <summary>Tells something, behind latency and time left.</summary>
    public void Report(string what) => line.Report($"{shortName} {Latency()}{Left()} · {what}");

    private static string Best(TrialMeasured trial) => trial.BestMs is { } best ? Units.Milliseconds(best) : "none yet";

    private string Latency() => (first, now) switch
    {
        ({ } before, { } latency) => $"{Units.Milliseconds(latency)} (was {Units.Milliseconds(before).Replace(" ms", string.Empty, StringComparison.Ordinal)})",
        _ => $"no estimate yet ({timed.Count} of {tasks} tasks timed)",
    };

    private string Left()
    {
        if ((left is null ? searchLeft : left()) is not { } time)
        {
            return string.Empty;
        }

        var rounded = TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds));
        return rounded.TotalHours >= 1 ? $" · {(int)rounded.TotalHours}:{rounded.Minutes:00}:{rounded.Seconds:00} left" : $" · {rounded.Minutes}:{rounded.Seconds:00} left";
    }
}
