using Attune.Cli.Output;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>Tells what a tuning run is doing: task, trials, best, model latency so far, time left.</summary>
internal sealed class TuneProgress(ProgressLine line, int tasks)
{
    private readonly HashSet<string> seen = [];
    private double? firstLatency;
    private int replayed;

    /// <summary>Takes an event in.</summary>
    public void On(TuningEvent happened)
    {
        switch (happened)
        {
            case TrialsReplayed trials:
                replayed += trials.Taken;
                line.Report($"tune    {replayed} earlier trials taken over from the records");
                break;
            case TrialMeasured trial:
                seen.Add(trial.Task.Key);
                firstLatency ??= trial.ModelLatencyMs;
                line.Report($"tune    {trial.TotalTrials} trials | {trial.Task.Name} (task {seen.Count} of {tasks} seen): {trial.TaskTrials} trials, best {Best(trial)} | model {Latency(trial)}{Left(trial)}");
                break;
            case TaskEnded { Message: { } message } ended:
                line.Announce($"tune    {ended.Task.Name} is given up: {message}");
                break;
            case ConfigurationDisqualified { Task: var task, Message: var message }:
                line.Announce($"tune    a configuration of {task.Name} is out for good: {message}");
                break;
            case FinalMeasurementStarted final:
                line.Report($"tune    measuring the {final.Candidates} best of {final.Task.Name} again");
                break;
        }
    }

    private static string Best(TrialMeasured trial) => trial.BestMs is { } best ? Units.Milliseconds(best) : "none yet";

    private string Latency(TrialMeasured trial) => (firstLatency, trial.ModelLatencyMs) switch
    {
        ({ } first, { } now) => $"{Units.Milliseconds(first)} -> {Units.Milliseconds(now)}",
        _ => "not all tasks timed yet",
    };

    private static string Left(TrialMeasured trial) => trial.TimeLeft is { } left ? $" | {Units.Duration(left)} left" : string.Empty;
}
