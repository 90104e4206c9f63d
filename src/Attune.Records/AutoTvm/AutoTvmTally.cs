using System.Collections.Immutable;

namespace Attune.Records.AutoTvm;

/// <summary>What a log of AutoTVM held. Blank lines are not counted.</summary>
/// <param name="Records">Lines that are records.</param>
/// <param name="Comments">Lines that begin with '#', which TVM leaves out too.</param>
/// <param name="FaultyLines">Lines that were not understood.</param>
/// <param name="Faults">What was wrong with them, each with its line number; at most 100 are kept.</param>
public sealed record AutoTvmTally(int Records, int Comments, int FaultyLines, ImmutableArray<string> Faults);
