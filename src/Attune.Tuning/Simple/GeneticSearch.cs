using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Tuning.Simple;

/// <summary>
/// AutoTVM's genetic algorithm (tuning.md 1.6): the first generation is random; then parents are drawn from the last generation and the elite in proportion to
/// their performance, children take the knobs of one up to a random cut and of the other after it, and mutate until they are new and valid. Failures have
/// performance 0. A generation is bred when all of the last one has been asked for, from what is known by then.
/// </summary>
internal sealed class GeneticSearch(GeneticOptions options) : IProposer
{
    private const int MutationTries = 200;
    private readonly Queue<long> children = new();
    private List<long> generation = [];

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        var next = new List<long>(count);
        while (next.Count < count)
        {
            if (children.Count == 0 && !Breed(memory, next))
            {
                break;
            }

            long child = children.Dequeue();
            if (!memory.IsKnown(child) && !next.Contains(child))
            {
                next.Add(child);
            }
        }

        return next;
    }

    private bool Breed(SearchMemory memory, List<long> asked)
    {
        Dictionary<long, double> merit = memory.Timed.ToDictionary(observation => observation.Index, observation => 1 / observation.TimeMs);
        List<long> made = generation.Count == 0 ? memory.Sampler.Draw(options.Population, memory.Random, memory.IsKnown) : Children(memory, asked, merit);
        generation = made;
        made.ForEach(children.Enqueue);
        return made.Count > 0;
    }

    private List<long> Children(SearchMemory memory, List<long> asked, Dictionary<long, double> merit)
    {
        long[] parents = [.. generation.Union(merit.OrderByDescending(entry => entry.Value).Take(options.Elite).Select(entry => entry.Key))];
        double[] weights = [.. parents.Select(parent => merit.GetValueOrDefault(parent))];
        if (weights.Count(weight => weight > 0) < 2)
        {
            Array.Fill(weights, 1);
        }

        var made = new HashSet<long>();
        for (int i = 0; i < options.Population; i++)
        {
            (long first, long second) = Pair(memory.Random, parents, weights);
            if (Child(memory, asked, made, memory.Space.Decode(first), memory.Space.Decode(second)) is { } child)
            {
                made.Add(child);
            }
        }

        return made.Count > 0 ? [.. made] : memory.Sampler.Draw(options.Population, memory.Random, point => memory.IsKnown(point) || asked.Contains(point));
    }

    private long? Child(SearchMemory memory, List<long> asked, HashSet<long> made, int[] first, int[] second)
    {
        Space space = memory.Space;
        Random random = memory.Random;
        int cut = random.Next(first.Length);
        int[] genes = [.. first[..cut], .. second[cut..]];
        for (int knob = 0; knob < genes.Length; knob++)
        {
            if (random.NextDouble() < options.Mutation)
            {
                genes[knob] = random.Next(space.Knobs[knob].Count);
            }
        }

        for (int tries = 0; tries < MutationTries; tries++)
        {
            long child = space.Encode(genes);
            if (!memory.IsKnown(child) && !made.Contains(child) && !asked.Contains(child) && space.IsValid(child))
            {
                return child;
            }

            int knob = random.Next(genes.Length);
            genes[knob] = random.Next(space.Knobs[knob].Count);
        }

        return null;
    }

    private static (long First, long Second) Pair(Random random, long[] parents, double[] weights)
    {
        int first = Draw(random, weights, -1);
        int second = parents.Length > 1 ? Draw(random, weights, first) : first;
        return (parents[first], parents[second]);
    }

    private static int Draw(Random random, double[] weights, int without)
    {
        double total = weights.Where((_, i) => i != without).Sum();
        double draw = random.NextDouble() * total;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (i != without && weights[i] > 0)
            {
                last = i;
                draw -= weights[i];
                if (draw < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
