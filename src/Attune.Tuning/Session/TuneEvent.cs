using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>
/// Something that happened in a session, for progress displays. One of the records derived from it, or of those derived from <see cref="TuningEvent"/>.
/// </summary>
public abstract record TuneEvent;

/// <summary>The records hold trials of this model's tasks that were made by another version of the templates; they are not taken over.</summary>
/// <param name="Count">How many, at least 1.</param>
public sealed record TrialsOutdated(int Count) : TuneEvent;

/// <summary>The reference kernels have done a layer of the network.</summary>
/// <param name="Input">Number of the input, from 1.</param>
/// <param name="Inputs">Inputs in all.</param>
/// <param name="Layer">Number of the layer, from 1.</param>
/// <param name="Layers">Layers in all.</param>
/// <param name="Node">Name of the layer.</param>
public sealed record ReferenceAdvanced(int Input, int Inputs, int Layer, int Layers, string Node) : TuneEvent;

/// <summary>The reference kernels are so slow that the model is compared with them on one input only.</summary>
/// <param name="Took">Time of one input.</param>
public sealed record ReferenceSlow(TimeSpan Took) : TuneEvent;

/// <summary>The caller cancelled before the search began: what the records know is compared and written.</summary>
public sealed record PreparationCancelled : TuneEvent;

/// <summary>It is known what the end will cost, and the time has been divided.</summary>
/// <param name="Plan">The division.</param>
/// <param name="Costs">What the steps of the end cost.</param>
public sealed record TimeDivided(FinishPlan Plan, FinishCosts Costs) : TuneEvent;

/// <summary>The choice inside the model begins.</summary>
/// <param name="Limit">Most time for it; null for no limit.</param>
public sealed record ChoosingStarted(TimeSpan? Limit) : TuneEvent;

/// <summary>What was chosen for a task inside the model is being compared with the reference.</summary>
/// <param name="Task">The task.</param>
public sealed record ChoiceConfirming(TuningTask Task) : TuneEvent;

/// <summary>The whole model is being compared with the reference kernels.</summary>
public sealed record VerifyingStarted : TuneEvent;

/// <summary>A configuration makes the whole model wrong: the task's default takes its place, for good.</summary>
/// <param name="Task">The task.</param>
/// <param name="Message">What was wrong.</param>
public sealed record ConfigurationReplaced(TuningTask Task, string Message) : TuneEvent;

/// <summary>The whole model is about to be timed.</summary>
/// <param name="IsAlone">True when it has default configurations throughout, so that there is nothing to compare it with.</param>
/// <param name="IsCancelled">True when the caller cancelled, so that it is timed briefly.</param>
public sealed record ComparingStarted(bool IsAlone, bool IsCancelled) : TuneEvent;

/// <summary>Another pair of blocks of the tuned model and the one with default configurations was timed.</summary>
/// <param name="Comparison">All pairs so far.</param>
public sealed record ComparisonAdvanced(ModelComparison Comparison) : TuneEvent;
