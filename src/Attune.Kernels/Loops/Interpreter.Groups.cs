using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <content>Groups and lanes.</content>
internal sealed partial class Interpreter
{
    // Who used a word since the last barrier (lanes of one group) or in the whole run (groups).
    private Dictionary<Buffer, float[]>? groupMemory;
    private AccessLog? lanesLog;
    private AccessLog? groupsLog;
    private int lane;
    private int group;

    private void Groups(Loop loop)
    {
        AccessLog log = groupsLog ??= new AccessLog("groups");
        for (long i = 0; i < loop.End.Constant; i++)
        {
            variables[loop.Variable] = i;
            if (loop.Body is [Loop { Kind: LoopKind.Group } inner])
            {
                Groups(inner);
                continue;
            }

            var one = new Interpreter(program, memory, new Dictionary<LoopVariable, long>(variables))
            {
                groupsLog = log,
                group = log.Next(),
                groupMemory = program.GroupMemory.ToDictionary(buffer => buffer, buffer => Unset(buffer.Extent)),
            };
            one.RunWhole(loop.Body);
        }
    }

    private void Lanes(Loop outermost)
    {
        var lanes = new List<Interpreter>();
        ImmutableArray<Statement> body = Spread(outermost, this, lanes);
        var log = new AccessLog("lanes");
        for (int i = 0; i < lanes.Count; i++)
        {
            lanes[i].lanesLog = log;
            lanes[i].lane = i;
        }

        IEnumerator<GroupBarrier>[] running = [.. lanes.Select(one => one.Block(body).GetEnumerator())];
        while (true)
        {
            GroupBarrier?[] reached = [.. running.Select(one => one.MoveNext() ? one.Current : null)];
            if (Array.Exists(reached, barrier => !ReferenceEquals(barrier, reached[0])))
            {
                throw new InvalidOperationException($"Not all lanes of '{program.Name}' reach the same barrier.");
            }

            if (reached[0] is null)
            {
                return;
            }

            log.Clear();
        }
    }

    // One interpreter for each lane, with registers and variables of its own.
    private static ImmutableArray<Statement> Spread(Loop loop, Interpreter from, List<Interpreter> lanes)
    {
        ImmutableArray<Statement> body = loop.Body;
        for (long i = 0; i < loop.End.Constant; i++)
        {
            var one = new Interpreter(from.program, from.memory, new Dictionary<LoopVariable, long>(from.variables) { [loop.Variable] = i })
            {
                groupMemory = from.groupMemory,
                groupsLog = from.groupsLog,
                group = from.group,
            };
            if (loop.Body is [Loop { Kind: LoopKind.Lane } inner])
            {
                body = Spread(inner, one, lanes);
            }
            else
            {
                lanes.Add(one);
            }
        }

        return body;
    }

    private void Touch(Buffer buffer, int at, int count, bool writes)
    {
        lanesLog?.Note(buffer, at, count, lane, writes);
        if (buffer.Scope == MemoryScope.Global)
        {
            groupsLog?.Note(buffer, at, count, group, writes);
        }
    }

    private void Read(LoadFour load)
    {
        float[] numbers = Seen(load.Buffer, Aligned(load.Buffer, load.Offset), Four.Width).ToArray();
        foreach ((float number, ImmutableArray<Index> at) in numbers.Zip(Four.From(load.Subscripts)))
        {
            registers[(load.Tile, Element(load.Tile, at))] = [number];
        }
    }

    private void Write(StoreFour store)
    {
        int to = Aligned(store.Buffer, store.Offset);
        float[] numbers = [.. Four.From(store.Subscripts).Select(at => registers[(store.Tile, Element(store.Tile, at))][0])];
        numbers.CopyTo(Floats(store.Buffer).AsSpan(to, Four.Width));
        Touch(store.Buffer, to, Four.Width, writes: true);
    }

    private int Aligned(Buffer buffer, Index offset)
    {
        long at = offset.Evaluate(variables);
        return Four.Divides(at) ? (int)at : throw new InvalidOperationException($"Four neighbours of '{buffer}' are used from {at} on: no multiple of four.");
    }

    private static float[] Unset(int count)
    {
        var words = new float[count];
        Array.Fill(words, float.NaN);
        return words;
    }

    /// <summary>Who read and wrote which word, so that two that do not wait for each other are found on the same one.</summary>
    private sealed class AccessLog(string what)
    {
        private const int Several = -1;
        private readonly Dictionary<(Buffer, int), int> writers = [];
        private readonly Dictionary<(Buffer, int), int> readers = [];
        private int next;

        public int Next() => next++;

        public void Clear()
        {
            writers.Clear();
            readers.Clear();
        }

        public void Note(Buffer buffer, int at, int count, int who, bool writes)
        {
            for (int word = at; word < at + count; word++)
            {
                (Buffer, int) key = (buffer, word);
                bool others = (writers.TryGetValue(key, out int writer) && writer != who)
                    || (writes && readers.TryGetValue(key, out int reader) && reader != who);
                if (others)
                {
                    throw new InvalidOperationException($"Two {what} use {buffer}[{word}], one of them writes it, and nothing orders them.");
                }

                if (writes)
                {
                    writers[key] = who;
                }
                else
                {
                    readers[key] = readers.TryGetValue(key, out int before) && before != who ? Several : who;
                }
            }
        }
    }
}
