using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Tuning.Simple;

/// <summary>
/// Droplet search: coordinate descent in knob positions. Around the best point of the descent it tries moves of +step and -step in one knob, then in two at
/// once, and so on; when all are known and none is better by enough, the step grows, up to the longest knob; any improvement moves the centre and sets the step
/// back to 1.
/// </summary>
/// <param name="options">Parameters.</param>
/// <param name="start">The template's default, or null.</param>
internal sealed class DropletSearch(DropletOptions options, long? start) : IProposer
{
    private const int CombinationsSeen = 4096;
    private readonly Queue<long> moves = new();
    private readonly List<long> asked = [];
    private long? centre;
    private double centreMs = double.PositiveInfinity;
    private int step = 1;
    private int read;
    private bool stuck;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        var next = new List<long>(count);
        if (stuck)
        {
            return next;
        }

        Descend(memory);
        while (next.Count < count)
        {
            if (moves.TryDequeue(out long move))
            {
                if (!memory.IsKnown(move) && !next.Contains(move))
                {
                    next.Add(move);
                    asked.Add(move);
                }
            }
            else if (next.Count > 0 || !Widen(memory))
            {
                // What is out decides where to go; a wider step would waste trials.
                break;
            }
        }

        return next;
    }

    private void Descend(SearchMemory memory)
    {
        Observation? better = null;
        for (; read < memory.Timed.Count; read++)
        {
            Observation told = memory.Timed[read];
            if (told.TimeMs < (better?.TimeMs ?? (centreMs * (1 - options.MinGain))) && (centre is null || asked.Contains(told.Index)))
            {
                better = told;
            }
        }

        if (better is { } found)
        {
            centre = found.Index;
            centreMs = found.TimeMs;
            step = 1;
            Around(memory.Space);
        }
        else if (centre is null)
        {
            Restart(memory, options.StartAtDefault);
        }
    }

    // False when nothing is left to try, or when it must wait for results.
    private bool Widen(SearchMemory memory)
    {
        if (memory.Pending > 0 && asked.Exists(point => memory.IsPending(point)))
        {
            return false;
        }

        if (centre is null)
        {
            // No valid point was found to start from.
            return false;
        }

        if (++step < memory.Space.Knobs.Max(knob => knob.Count))
        {
            Around(memory.Space);
            return true;
        }

        stuck = !options.Restarts || !Restart(memory, atDefault: false);
        return !stuck;
    }

    private bool Restart(SearchMemory memory, bool atDefault)
    {
        long first = start ?? 0;
        long? point = atDefault && memory.Space.IsValid(first) ? first : memory.Sampler.DrawOne(memory.Random, memory.IsKnown);
        if (point is { } begin)
        {
            asked.Clear();
            asked.Add(begin);
            centre = begin;
            centreMs = double.PositiveInfinity;
            step = 0;
            moves.Clear();
            moves.Enqueue(begin);
        }

        return point is not null;
    }

    private void Around(Space space)
    {
        moves.Clear();
        int[] from = space.Decode(centre!.Value);
        int[] free = [.. Enumerable.Range(0, from.Length).Where(knob => space.Knobs[knob].Count > 1)];
        foreach (int[] knobs in Subsets(free).Take(CombinationsSeen))
        {
            foreach (int sign in (ReadOnlySpan<int>)[1, -1])
            {
                if (moves.Count < options.Moves && Moved(space, from, knobs, sign * step) is { } move)
                {
                    moves.Enqueue(move);
                }
            }
        }
    }

    // Single knobs, then pairs, then triples and so on.
    private static IEnumerable<int[]> Subsets(int[] items) => Enumerable.Range(1, items.Length).SelectMany(size => Combinations(items, size));

    private static IEnumerable<int[]> Combinations(int[] items, int size)
    {
        if (size == 0)
        {
            return [[]];
        }

        return Enumerable.Range(0, Math.Max(0, items.Length - size + 1)).SelectMany(
            first => Combinations(items[(first + 1)..], size - 1).Select(rest => (int[])[items[first], .. rest]));
    }

    private static long? Moved(Space space, int[] from, int[] knobs, int by)
    {
        int[] vector = [.. from];
        foreach (int knob in knobs)
        {
            vector[knob] += by;
            if (vector[knob] < 0 || vector[knob] >= space.Knobs[knob].Count)
            {
                return null;
            }
        }

        long move = space.Encode(vector);
        return space.IsValid(move) ? move : null;
    }
}
