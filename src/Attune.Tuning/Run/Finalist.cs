namespace Attune.Tuning.Run;

/// <summary>A configuration worth comparing inside the model.</summary>
/// <param name="Index">Index in the task's space.</param>
/// <param name="Ms">Its time alone, milliseconds.</param>
public sealed record Finalist(long Index, double Ms);
