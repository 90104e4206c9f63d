using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <content>
/// What a run of assignments reads from memory several times: nothing is stored between them, so that one load does, as long as registers are left. Loads that
/// an instruction does itself are as fast as registers on most processors, but there are two of them in a cycle at most.
/// </content>
internal sealed partial class X64Lowering
{
    // How many times each place is still read in the run, for those that are read more than once; those that are in a register.
    private readonly Dictionary<Operand, int> toRead = [];
    private readonly Dictionary<Operand, int> shared = [];
    private int sharedAtOnce;

    /// <summary>True when some load was shared.</summary>
    private bool sharesLoads;

    // Looks through the assignments that begin at a statement; gives the number of the first statement behind them.
    private int BeginRun(ImmutableArray<Statement> body, int first)
    {
        EndRun();
        int end = first;
        while (end < body.Length && body[end] is Assign or Prefetch)
        {
            end++;
        }

        // What stays in registers through the loops around takes some, and one is for what is computed in between.
        sharedAtOnce = (Registers - 1 - pinned.Values.Count(count => count > 0)) * sharing / MostSharing;
        if (sharedAtOnce <= 0 || end - first < 2)
        {
            return end;
        }

        var reads = new MemoryReads(this);
        reads.Visit(body.AsSpan()[first..end]);
        return end;
    }

    private void EndRun()
    {
        toRead.Clear();
        shared.Clear();
    }

    /// <summary>The register with what a value reads from memory; -1 when no register is kept for it.</summary>
    private int SharedOf(Value value)
    {
        if (toRead.Count == 0 || PlaceOf(value) is not { } place || !toRead.TryGetValue(place, out int reads))
        {
            return -1;
        }

        toRead[place] = --reads;
        if (!shared.TryGetValue(place, out int register))
        {
            if (reads == 0 || shared.Count >= sharedAtOnce)
            {
                return -1;
            }

            register = shared[place] = New(RegisterClass.Vector);
            sharesLoads = true;
            Emit(place.Broadcast ? VectorOpcodes.Broadcast : VectorOpcodes.Load, register, -1, place with { Broadcast = false });
        }

        if (reads == 0)
        {
            shared.Remove(place);
        }

        return register;
    }

    // Where a value lies whole in memory. A broadcast that instructions do themselves is none of those.
    private Operand? PlaceOf(Value value) => value switch
    {
        Load { Buffer.Element: DataType.Float32 or DataType.Int32 } load => Memory(load.Buffer, load.Offset),
        Broadcast load when !isEvex => Memory(Words(load.Buffer), load.Offset, broadcast: true),
        _ => null,
    };

    /// <summary>Counts what a run reads.</summary>
    private sealed class MemoryReads(X64Lowering lowering) : Walker
    {
        protected override void Visit(Value value)
        {
            if (lowering.PlaceOf(value) is { } place)
            {
                lowering.toRead[place] = lowering.toRead.GetValueOrDefault(place) + 1;
            }

            base.Visit(value);
        }
    }
}
