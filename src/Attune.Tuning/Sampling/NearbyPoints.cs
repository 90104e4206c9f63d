using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// Valid points within a radius of another, all of them or a uniform sample, whichever way is cheap for the space: a scan of its list, or a ball of its
/// product.
/// </summary>
internal static class NearbyPoints
{
    private const int DrawsPerPoint = 4;

    /// <summary>Finds points; the centre itself is never among them.</summary>
    /// <param name="space">The space.</param>
    /// <param name="centre">Any point of its product.</param>
    /// <param name="radius">Radius in the map's units.</param>
    /// <param name="limit">Points wanted at most.</param>
    /// <param name="random">Source of randomness when there are more.</param>
    /// <param name="taken">Points to leave out.</param>
    /// <param name="map">Units of distances.</param>
    public static List<long> Around(
        Space space, long centre, double radius, int limit, Random random, Func<long, bool> taken, CoordinateMap map = CoordinateMap.Log2)
    {
        if (space.Listed is { } listed)
        {
            var near = new List<long>();
            foreach (long point in listed)
            {
                if (Fits(point) && KnobMetric.Squared(space, centre, point, map) <= (radius * radius) + 1e-9)
                {
                    near.Add(point);
                }
            }

            return Some(near);
        }

        var ball = new Neighbourhood(space, centre, radius, map);
        if (ball.Count <= (long)limit * DrawsPerPoint)
        {
            return Some([.. ball.Enumerate().Where(Fits)]);
        }

        var found = new HashSet<long>();
        for (int draw = 0; draw < DrawsPerPoint * limit && found.Count < limit; draw++)
        {
            long point = ball.Sample(random);
            if (Fits(point))
            {
                found.Add(point);
            }
        }

        return [.. found];

        bool Fits(long point) => point != centre && !taken(point) && space.IsValid(point);

        List<long> Some(List<long> points)
        {
            for (int i = 0; i < limit && limit < points.Count; i++)
            {
                int j = random.Next(i, points.Count);
                (points[i], points[j]) = (points[j], points[i]);
            }

            return limit < points.Count ? points[..limit] : points;
        }
    }
}
