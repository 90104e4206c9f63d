using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Ranking;

namespace Attune.Design.Flow;

/// <summary>How alike several ways of running on one machine order the designs of a family.</summary>
/// <param name="Matrix">Rank correlations of all pairs.</param>
/// <param name="Devices">The measurements, milliseconds; NaN where a design does not run.</param>
/// <param name="Pairs">What adapting each to each other gained.</param>
/// <param name="Designs">Designs measured on each.</param>
public sealed record DeviceComparisonReport(RankMatrix Matrix, ImmutableArray<DeviceColumn> Devices, ImmutableArray<AdaptedPair> Pairs, int Designs);
