namespace Attune.Compile.Diagnostics;

/// <summary>Times of one step over several runs.</summary>
/// <param name="Ms">Median, barriers included, milliseconds.</param>
/// <param name="SpreadMs">Robust standard deviation, milliseconds.</param>
/// <param name="WaitShare">Share of the time in which threads wait for each other, 0 to 1; mean over the threads, median over the runs.</param>
public sealed record StepTime(double Ms, double SpreadMs, double WaitShare);
