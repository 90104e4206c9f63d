using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Bao;

/// <summary>
/// Where BAO looks for its next point: valid unknown points of the neighbourhood of the last point, of the incumbent, and of the whole space, in the shares
/// that the options give.
/// </summary>
internal static class BaoCandidates
{
    private const int Enlargements = 5;
    private const int DrawsPerCandidate = 4;

    /// <summary>Collects candidates; none only when no unknown valid point can be found in the space.</summary>
    public static List<long> Collect(SearchMemory memory, BaoOptions options, long centre, long incumbent, double radius)
    {
        var found = new HashSet<long>();
        int around = (int)(options.CandidateLimit * (1 - options.IncumbentShare - options.GlobalShare));
        int atBest = (int)(options.CandidateLimit * options.IncumbentShare);
        if (centre == incumbent)
        {
            around += atBest;
            atBest = 0;
        }

        AddNear(memory, found, centre, radius, around);
        AddNear(memory, found, incumbent, radius, atBest);
        for (int times = 0; times < Enlargements && found.Count == 0; times++)
        {
            radius *= options.Growth;
            AddNear(memory, found, incumbent, radius, options.CandidateLimit);
        }

        int anywhere = (int)(options.CandidateLimit * options.GlobalShare);
        if (anywhere > 0 || found.Count == 0)
        {
            found.UnionWith(memory.Sampler.Draw(Math.Max(anywhere, 64), memory.Random, memory.IsKnown));
        }

        return [.. found];
    }

    private static void AddNear(SearchMemory memory, HashSet<long> found, long centre, double radius, int limit)
    {
        if (limit == 0)
        {
            return;
        }

        var ball = new Neighbourhood(memory.Space, centre, radius);
        if (ball.Count <= limit)
        {
            foreach (long point in ball.Enumerate())
            {
                AddValid(point);
            }

            return;
        }

        foreach (long point in KnobMoves.From(memory.Space, centre, radius))
        {
            if (!memory.IsKnown(point))
            {
                found.Add(point);
            }
        }

        int target = found.Count + limit;
        for (int draw = 0; draw < DrawsPerCandidate * limit && found.Count < target; draw++)
        {
            AddValid(ball.Sample(memory.Random));
        }

        void AddValid(long point)
        {
            if (!memory.IsKnown(point) && !found.Contains(point) && memory.Space.IsValid(point))
            {
                found.Add(point);
            }
        }
    }
}
