namespace Attune.Bench.Design;

/// <summary>One piece of work of a search over designs.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Unit">What the time is given for: prediction, evaluation, query.</param>
/// <param name="Units">Units of work in one run.</param>
/// <param name="LimitMicroseconds">Time per unit that it may take; positive infinity without a target.</param>
/// <param name="Run">Does it.</param>
internal sealed record DesignCase(string Name, string Unit, int Units, double LimitMicroseconds, Action Run);
