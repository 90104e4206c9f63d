using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Learning.Policy;
using Attune.Tuning.Search;

namespace Attune.Tuning.Chameleon;

/// <summary>
/// CHAMELEON's adaptive exploration, in place of simulated annealing: an agent walks from many starts over the entity positions of the knobs, rewarded by the
/// cost model, and learns after every walk; the best points passed are kept. The agent lives as long as the search. Cost O(walkers * steps) policy evaluations.
/// </summary>
internal sealed class AdaptiveExploration
{
    private readonly ChameleonOptions options;
    private readonly Space space;
    private readonly PolicyAgent agent;
    private readonly Episode episode;
    private readonly int[] position;
    private readonly double[] state;
    private readonly byte[] moves;

    public AdaptiveExploration(Space space, ChameleonOptions options, int seed)
    {
        this.space = space;
        this.options = options;
        int knobs = space.Knobs.Length;
        agent = new PolicyAgent(Math.Max(1, knobs), options.Policy, seed);
        episode = new Episode(knobs);
        position = new int[knobs];
        state = new double[knobs];
        moves = new byte[knobs];
    }

    /// <summary>Explores; gives up to the plan's number of unknown valid points, the best predicted first.</summary>
    public ImmutableArray<long> Explore(SearchMemory memory, CostModel model)
    {
        var kept = new PriorityQueue<long, (double Score, long Order)>();
        var passed = new HashSet<long>();
        if (space.Knobs.IsEmpty)
        {
            return [];
        }

        foreach (long start in Starts(memory))
        {
            Walk(memory, model, start, point => Keep(memory, model, kept, passed, point));
            agent.Learn(episode);
        }

        var points = new long[kept.Count];
        for (int i = points.Length - 1; i >= 0; i--)
        {
            points[i] = kept.Dequeue();
        }

        return [.. points];
    }

    private void Keep(SearchMemory memory, CostModel model, PriorityQueue<long, (double Score, long Order)> kept, HashSet<long> passed, long point)
    {
        if (!passed.Add(point) || memory.IsKnown(point) || !space.IsValid(point))
        {
            return;
        }

        // Equal scores: the point passed first is worth more.
        kept.Enqueue(point, (model.Predict(memory, point), -passed.Count));
        if (kept.Count > options.PlanSize)
        {
            kept.Dequeue();
        }
    }

    private IEnumerable<long> Starts(SearchMemory memory)
    {
        long[] best = [.. memory.Timed.OrderBy(observation => observation.TimeMs).Take(options.SeededWalkers).Select(observation => observation.Index)];
        return [.. best, .. memory.Sampler.Draw(options.Walkers - best.Length, memory.Random)];
    }

    private void Walk(SearchMemory memory, CostModel model, long start, Action<long> pass)
    {
        episode.Clear();
        space.Decode(start).CopyTo(position, 0);
        pass(start);
        double origin = options.RewardsGain ? model.Predict(memory, start) : 0;
        for (int step = 0; step < options.Steps; step++)
        {
            for (int knob = 0; knob < position.Length; knob++)
            {
                state[knob] = (double)position[knob] / space.Knobs[knob].Count;
            }

            agent.Act(state, moves);
            int still = 0;
            for (int knob = 0; knob < position.Length; knob++)
            {
                int moved = Math.Clamp(position[knob] + moves[knob] - 1, 0, space.Knobs[knob].Count - 1);
                still += moved == position[knob] ? 1 : 0;
                position[knob] = moved;
            }

            long point = space.Encode(position);
            pass(point);
            episode.Add(state, moves, model.Predict(memory, point) - origin);
            if (still >= options.StandStill * position.Length)
            {
                break;
            }
        }
    }
}
