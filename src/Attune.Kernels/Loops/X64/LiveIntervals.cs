namespace Attune.Kernels.Loops.X64;

/// <summary>
/// Finds the lives of virtual registers. What comes to life before a loop and is used in it lives through all of it, since the next iteration may use it again.
/// </summary>
internal sealed class LiveIntervals
{
    // What is used in a loop is worth so many uses outside, per level.
    private const double LoopFactor = 8;
    private readonly MachineProgram program;
    private readonly LiveInterval?[] intervals;
    private readonly Stack<MachineLoop> open = new();
    private double weight = 1;

    private LiveIntervals(MachineProgram program)
    {
        this.program = program;
        intervals = new LiveInterval?[program.Registers.Count];
    }

    /// <summary>Lives in the order in which they begin.</summary>
    public static IReadOnlyList<LiveInterval> Of(MachineProgram program)
    {
        var lives = new LiveIntervals(program);
        lives.Run();
        return [.. lives.intervals.OfType<LiveInterval>().OrderBy(interval => interval.Start)];
    }

    private void Run()
    {
        // Outer loops open before inner ones that begin at the same instruction.
        MachineLoop[] loops = [.. program.Loops.OrderBy(loop => loop.First).ThenByDescending(loop => loop.Last)];
        int next = 0;
        for (int at = 0; at < program.Instructions.Count; at++)
        {
            while (open.TryPeek(out MachineLoop ended) && ended.Last < at)
            {
                open.Pop();
                weight /= LoopFactor;
            }

            for (; next < loops.Length && loops[next].First == at; next++)
            {
                open.Push(loops[next]);
                weight *= LoopFactor;
            }

            Visit(program.Instructions[at], at);
        }
    }

    private void Visit(MachineInstruction instruction, int at)
    {
        Use(instruction.Source, at);
        Use(instruction.Operand.Register, at);
        if (instruction.Accumulates)
        {
            Use(instruction.Destination, at);
        }

        if (instruction.Destination >= 0)
        {
            LiveInterval written = Touch(instruction.Destination, (2 * at) + 1);
            bool isCopy = instruction.Operation is MachineOperation.Move or MachineOperation.VectorMove && instruction.Operand.IsRegister;
            if (isCopy && written.Start == (2 * at) + 1)
            {
                written.CopyOf = instruction.Operand.Register;
            }
            else if (instruction.Operation == MachineOperation.Argument)
            {
                written.ArgumentOf = (int)instruction.Immediate;
            }
        }
    }

    private void Use(int register, int at)
    {
        if (register >= 0)
        {
            Touch(register, 2 * at);
        }
    }

    private LiveInterval Touch(int register, int place)
    {
        LiveInterval interval = intervals[register] ??= new LiveInterval { Register = register, Kind = program.Registers[register], Start = place };
        interval.Weight += weight;
        interval.End = Math.Max(interval.End, place);
        MachineLoop? through = null;

        // A stack is enumerated from the innermost loop outwards; the outermost that began after the register counts.
        foreach (MachineLoop loop in open)
        {
            if (interval.Start < 2 * loop.First)
            {
                through = loop;
            }
        }

        if (through is { } whole)
        {
            interval.End = Math.Max(interval.End, (2 * whole.Last) + 1);
        }

        return interval;
    }
}
