using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// The points that a step of the transfer search scores: the whole space when it is small; else the best that was measured before, a fixed uniform sample, what
/// a hill climb on the prior reached from it, and the neighbourhoods of the best measured points.
/// </summary>
internal sealed class TransferPool(TransferOptions options, TransferKnowledge knowledge)
{
    private const int WholeSpace = 1 << 16;
    private const int Climbers = 24;
    private const int Climbs = 30;
    private const int Centres = 3;
    private const double Radius = 2;
    private List<long>? basis;
    private bool isWhole;

    /// <summary>Unknown valid points to score.</summary>
    public List<long> Points(SearchMemory memory)
    {
        basis ??= Basis(memory);
        if (isWhole)
        {
            return [.. basis.Where(point => !memory.IsKnown(point))];
        }

        var points = new HashSet<long>(basis.Where(point => !memory.IsKnown(point)));
        foreach (Observation centre in memory.Timed.OrderBy(observation => observation.TimeMs).Take(Centres))
        {
            points.UnionWith(KnobMoves.From(memory.Space, centre.Index).Where(point => !memory.IsKnown(point)));
            var ball = new Neighbourhood(memory.Space, centre.Index, Radius);
            for (int draw = 0; draw < options.Pool / 16; draw++)
            {
                long point = ball.Sample(memory.Random);
                if (!memory.IsKnown(point) && memory.Space.IsValid(point))
                {
                    points.Add(point);
                }
            }
        }

        knowledge.Look(points);
        return [.. points];
    }

    private List<long> Basis(SearchMemory memory)
    {
        if (memory.Space.Listed is { } listed)
        {
            isWhole = listed.Length <= options.Pool;
            if (isWhole)
            {
                knowledge.Look(listed);
                return [.. listed];
            }
        }
        else if (memory.Space.Count <= WholeSpace)
        {
            var all = new List<long>();
            for (long point = 0; point < memory.Space.Count && all.Count <= options.Pool; point++)
            {
                if (memory.Space.IsValid(point))
                {
                    all.Add(point);
                }
            }

            isWhole = all.Count <= options.Pool;
            if (isWhole)
            {
                knowledge.Look(all);
                return all;
            }
        }

        List<long> sample = memory.Sampler.Draw(options.Pool / 2, memory.Random);
        knowledge.Look(sample);
        return [.. knowledge.Remembered().Take(options.Pool / 4).Concat(sample).Concat(Climb(memory, sample)).Distinct()];
    }

    /// <summary>From the best of a sample uphill on the prior by one-knob moves.</summary>
    private List<long> Climb(SearchMemory memory, List<long> sample)
    {
        var reached = new List<long>();
        if (knowledge.IsEmpty)
        {
            return reached;
        }

        foreach (long start in sample.OrderByDescending(knowledge.MeanOf).ThenBy(point => point).Take(Climbers))
        {
            long here = start;
            for (int climb = 0; climb < Climbs; climb++)
            {
                List<long> moves = [.. KnobMoves.From(memory.Space, here, Radius)];
                knowledge.Look(moves);
                if (moves.Count == 0)
                {
                    break;
                }

                long next = moves.MaxBy(knowledge.MeanOf);
                if (knowledge.MeanOf(next) <= knowledge.MeanOf(here))
                {
                    break;
                }

                here = next;
                reached.Add(here);
            }
        }

        return reached;
    }
}
