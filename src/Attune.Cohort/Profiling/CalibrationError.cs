namespace Attune.Cohort.Profiling;

/// <summary>Why arrays are no calibration set for a network.</summary>
/// <param name="Source">Where the array is from.</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="Next">What to do about it.</param>
public sealed record CalibrationError(string Source, string Message, string Next);
