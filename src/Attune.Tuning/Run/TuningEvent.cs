using Attune.Tuning.Session;

namespace Attune.Tuning.Run;

/// <summary>Something that happened in a run, for progress displays. One of the records derived from it.</summary>
/// <param name="Task">The task it happened to.</param>
public abstract record TuningEvent(TuningTask Task) : TuneEvent;

/// <summary>Earlier trials were taken over without measuring.</summary>
/// <param name="Task">The task.</param>
/// <param name="Taken">Trials taken over.</param>
/// <param name="Unknown">Trials whose knobs the task's space no longer has; they were left out.</param>
public sealed record TrialsReplayed(TuningTask Task, int Taken, int Unknown) : TuningEvent(Task);

/// <summary>A candidate was measured.</summary>
/// <param name="Task">The task.</param>
/// <param name="Trial">The candidate and what came out.</param>
/// <param name="TaskTrials">Trials of the task so far, replayed ones included.</param>
/// <param name="TotalTrials">Trials of the run so far, replayed ones included.</param>
/// <param name="BestMs">Best time of the task so far, milliseconds; null when nothing worked yet.</param>
/// <param name="ModelLatencyMs">Sum over tasks of weight times best time so far, milliseconds; null while a task has no time.</param>
/// <param name="TimeLeft">Budget left; null without a time budget.</param>
public sealed record TrialMeasured(
    TuningTask Task, Trial Trial, int TaskTrials, int TotalTrials, double? BestMs, double? ModelLatencyMs, TimeSpan? TimeLeft) : TuningEvent(Task);

/// <summary>A task gets no more trials.</summary>
/// <param name="Task">The task.</param>
/// <param name="End">Why.</param>
/// <param name="Message">The last failure's message when the task was given up, else null.</param>
public sealed record TaskEnded(TuningTask Task, TaskEnd End, string? Message) : TuningEvent(Task);

/// <summary>A configuration that was measured as correct before gave a wrong result: it is out for good.</summary>
/// <param name="Task">The task.</param>
/// <param name="Index">The configuration.</param>
/// <param name="Message">What was wrong.</param>
public sealed record ConfigurationDisqualified(TuningTask Task, long Index, string? Message) : TuningEvent(Task);

/// <summary>The best candidates of a task are being measured again.</summary>
/// <param name="Task">The task.</param>
/// <param name="Candidates">How many, the default included.</param>
public sealed record FinalMeasurementStarted(TuningTask Task, int Candidates) : TuningEvent(Task);
