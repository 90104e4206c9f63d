using System.Collections.Immutable;

namespace Attune.Measuring.Timing;

/// <summary>What timing a kernel gave.</summary>
/// <param name="TimesMs">Time per run of every repeat, milliseconds, in order; at least one.</param>
/// <param name="MedianMs">Their median.</param>
/// <param name="CutShort">True when timing stopped early because the kernel clearly loses against the best.</param>
internal sealed record KernelTiming(ImmutableArray<double> TimesMs, double MedianMs, bool CutShort);
