using Attune.Numerics;

namespace Attune.Cohort.Metrics;

/// <summary>What one member got, over all seeds.</summary>
/// <param name="Name">The member.</param>
/// <param name="Released">Jobs released.</param>
/// <param name="MissRate">Jobs that finished late, were given up or dropped, over released ones.</param>
/// <param name="MeanResponseMs">Mean response of finished jobs, milliseconds.</param>
/// <param name="RelativeAccuracy">Accuracy relative to the exact network, percent.</param>
/// <param name="WorstLag">Lowest LAG over the deadline.</param>
public sealed record MemberFigures(string Name, long Released, Wilson MissRate, double MeanResponseMs, double RelativeAccuracy, double WorstLag);
