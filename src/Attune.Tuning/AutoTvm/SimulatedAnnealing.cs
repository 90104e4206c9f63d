using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Tuning.AutoTvm;

/// <summary>
/// AutoTVM's optimiser of the cost model (tuning.md 1.6): parallel chains that change one knob at a time, accepted with probability exp((s' - s) / t), t
/// falling linearly. Chains pass through points that were measured or are invalid where no valid change is found; only valid unmeasured ones are kept. Scores
/// of a plan are remembered, so that a small space is judged once. Costs up to chains * steps predictions.
/// </summary>
internal sealed class SimulatedAnnealing(AutoTvmOptions options)
{
    private const int WalkTries = 32;
    private long[] chains = [];

    /// <summary>The best unmeasured points by score, at most <paramref name="count"/>, best first.</summary>
    /// <param name="memory">The search.</param>
    /// <param name="score">Score of a point; larger is better.</param>
    /// <param name="keeps">Whether a valid unmeasured point may be kept.</param>
    /// <param name="count">Points wanted.</param>
    public (long Point, float Score)[] FindMaximums(SearchMemory memory, Func<long, float> score, Func<long, bool> keeps, int count)
    {
        Space space = memory.Space;
        if (chains.Length == 0 || !options.Persistent)
        {
            chains = [.. memory.Sampler.Draw(options.Chains, memory.Random)];
        }

        var known = new Dictionary<long, float>();
        var best = new BestPoints(count);
        var scores = new float[chains.Length];
        for (int i = 0; i < chains.Length; i++)
        {
            scores[i] = Judge(chains[i], out _);
        }

        double temperature = options.Temperature;
        double cooling = options.Temperature / (options.Steps + 1);
        int lastChange = 0;
        int[] free = [.. Enumerable.Range(0, space.Knobs.Length).Where(knob => space.Knobs[knob].Count > 1)];
        for (int step = 0; free.Length > 0 && step < options.Steps && step < lastChange + options.Patience; step++)
        {
            for (int i = 0; i < chains.Length; i++)
            {
                long moved = Walk(space, memory.Random, chains[i], free);
                float other = Judge(moved, out bool changed);
                if (changed)
                {
                    lastChange = step;
                }

                if (memory.Random.NextDouble() < AcceptanceProbability(other - scores[i], temperature))
                {
                    chains[i] = moved;
                    scores[i] = other;
                }
            }

            temperature -= cooling;
        }

        return best.Descending();

        float Judge(long point, out bool changed)
        {
            if (!known.TryGetValue(point, out float value))
            {
                known[point] = value = score(point);
            }

            changed = !best.Saw(point) && !memory.IsKnown(point) && space.IsValid(point) && keeps(point) && best.Offer(point, value);
            return value;
        }
    }

    /// <summary>Probability of taking a step that changes the score by so much at a temperature.</summary>
    internal static double AcceptanceProbability(double gain, double temperature) => Math.Exp(Math.Min(gain / (temperature + 1e-5), 1));

    // One knob takes another value; valid points are preferred, so that chains do not starve between constraints.
    private static long Walk(Space space, Random random, long from, int[] free)
    {
        int[] vector = space.Decode(from);
        for (int tries = 0; tries < WalkTries; tries++)
        {
            int knob = free[random.Next(free.Length)];
            int before = vector[knob];
            int shifted = random.Next(space.Knobs[knob].Count - 1);
            vector[knob] = shifted < before ? shifted : shifted + 1;
            long moved = space.Encode(vector);
            if (space.IsValid(moved))
            {
                return moved;
            }

            vector[knob] = before;
        }

        return from;
    }
}
