namespace Attune.Cohort.Profiling;

/// <summary>Time of one layer in one form.</summary>
/// <param name="Node">Name of the exact node.</param>
/// <param name="Form">Number of the form.</param>
/// <param name="ExactUs">Time of the exact layer, microseconds.</param>
/// <param name="FormUs">Time of the form, microseconds.</param>
public sealed record FormTime(string Node, int Form, double ExactUs, double FormUs);
