namespace Attune.Bench.Thinking;

/// <summary>One piece of a tuner's own work.</summary>
/// <param name="Name">What is done.</param>
/// <param name="LimitMs">Time that it may take by its budget, milliseconds.</param>
/// <param name="Units">Units of work in one run: the time is that of one.</param>
/// <param name="Prepare">Makes a run, outside the clock: every run starts from the same state.</param>
internal sealed record ThinkingCase(string Name, double LimitMs, int Units, Func<Action> Prepare);
