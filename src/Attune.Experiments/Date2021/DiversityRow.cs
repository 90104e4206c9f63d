using System.Collections.Immutable;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Date2021;

/// <summary>How spread out an initial set of one task is.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Set">How the set was chosen: BTED or random.</param>
/// <param name="Points">Points in the set.</param>
/// <param name="NearestDistance">Distance of a point to its nearest neighbour in the set, mean over points, standardised features.</param>
/// <param name="Covering">Distance of a valid point of the space to the nearest one of the set, mean over a sample of the space.</param>
/// <param name="Projection">The set in the plane of the two largest principal components of the sample, for the picture.</param>
public sealed record DiversityRow(
    string Group, string Layer, string Set, int Points, double NearestDistance, double Covering, ImmutableArray<ChartPoint> Projection);
