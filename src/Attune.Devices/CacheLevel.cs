namespace Attune.Devices;

/// <summary>One data or unified cache as one core sees it.</summary>
/// <param name="Level">1 for the nearest.</param>
/// <param name="SizeBytes">Size of one instance, bytes.</param>
/// <param name="LineBytes">Line size, bytes.</param>
/// <param name="SharedBy">Logical CPUs that share an instance, at least 1.</param>
/// <param name="IsKnown">False when the system does not tell and the size is an assumption.</param>
public sealed record CacheLevel(int Level, long SizeBytes, int LineBytes, int SharedBy, bool IsKnown = true);
