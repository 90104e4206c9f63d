using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <summary>
/// Gives virtual registers a place by linear scan: in the order in which they come to life, each takes a register that is free; when none is, what is used
/// least among all that are alive goes to the stack, for all of its life.
/// </summary>
internal sealed class RegisterAllocator
{
    private const int ScratchVectors = 2;
    private const int MaxRegisters = 32;
    private readonly IReadOnlyList<LiveInterval> intervals;
    private readonly int[] registers;
    private readonly int[] slots;
    private readonly int slotBytes;
    private readonly int[] argumentUntil = new int[GeneralRegister.Count];
    private int used;

    private RegisterAllocator(MachineProgram program, IReadOnlyList<LiveInterval> intervals, VectorWidth width)
    {
        this.intervals = intervals;
        slotBytes = 16 << (int)width;
        registers = new int[program.Registers.Count];
        slots = new int[program.Registers.Count];
        Array.Fill(registers, -1);
        Array.Fill(slots, -1);
        foreach (LiveInterval interval in intervals)
        {
            if (interval.ArgumentOf >= 0)
            {
                argumentUntil[interval.ArgumentOf] = interval.Start;
            }
        }
    }

    /// <summary>Places for all registers of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="convention">Registers that arguments are in, and those to keep.</param>
    /// <param name="vectors">Vector registers of the machine.</param>
    /// <param name="width">Width of the vectors.</param>
    public static Allocation Run(MachineProgram program, CallingConvention convention, int vectors, VectorWidth width)
    {
        IReadOnlyList<LiveInterval> lives = LiveIntervals.Of(program);
        ImmutableArray<int> free = convention.VectorRegisters(vectors);
        var first = new RegisterAllocator(program, lives, width);
        first.Assign(RegisterClass.Vector, free);
        if (first.used == 0)
        {
            first.Assign(RegisterClass.General, convention.GeneralRegisters);
            return first.Result([]);
        }

        // Some vectors go to the stack: whatever uses them takes registers that hold nothing else.
        var second = new RegisterAllocator(program, lives, width);
        second.Assign(RegisterClass.Vector, free[ScratchVectors..]);
        second.Assign(RegisterClass.General, convention.GeneralRegisters);
        return second.Result([.. free[..ScratchVectors]]);
    }

    private Allocation Result(int[] scratch) => new(registers, slots, used, scratch);

    private void Assign(RegisterClass kind, ImmutableArray<int> order)
    {
        var free = new bool[MaxRegisters];
        foreach (int register in order)
        {
            free[register] = true;
        }

        var active = new List<LiveInterval>();
        foreach (LiveInterval interval in intervals)
        {
            if (interval.Kind != kind)
            {
                continue;
            }

            for (int i = active.Count - 1; i >= 0; i--)
            {
                if (active[i].End < interval.Start)
                {
                    free[registers[active[i].Register]] = true;
                    active.RemoveAt(i);
                }
            }

            int chosen = Choose(interval, free, order);
            if (chosen < 0 && Cheapest(active, interval) is { } victim)
            {
                active.Remove(victim);
                chosen = registers[victim.Register];
                registers[victim.Register] = -1;
                Spill(victim);
            }

            if (chosen < 0)
            {
                Spill(interval);
                continue;
            }

            free[chosen] = false;
            registers[interval.Register] = chosen;
            active.Add(interval);
        }
    }

    // A free register: that of what is copied into this one and dies there, so that nothing is left to copy; otherwise the first in order.
    private int Choose(LiveInterval interval, bool[] free, ImmutableArray<int> order)
    {
        int wish = interval.ArgumentOf >= 0 ? interval.ArgumentOf : interval.CopyOf >= 0 ? registers[interval.CopyOf] : -1;
        if (wish >= 0 && free[wish] && IsOpen(wish, interval))
        {
            return wish;
        }

        foreach (int register in order)
        {
            if (free[register] && IsOpen(register, interval))
            {
                return register;
            }
        }

        return -1;
    }

    // An argument stays where it is until it is fetched.
    private bool IsOpen(int register, LiveInterval interval) =>
        interval.Kind != RegisterClass.General || argumentUntil[register] <= interval.Start;

    // What costs least in a slot for each place that it keeps a register from others; null when that is the interval itself.
    private LiveInterval? Cheapest(List<LiveInterval> active, LiveInterval interval)
    {
        LiveInterval cheapest = interval;
        foreach (LiveInterval one in active)
        {
            if (Cost(one) < Cost(cheapest) && IsOpen(registers[one.Register], interval))
            {
                cheapest = one;
            }
        }

        return cheapest == interval ? null : cheapest;
    }

    private static double Cost(LiveInterval interval) => interval.Weight / (interval.End - interval.Start + 1);

    private void Spill(LiveInterval interval)
    {
        int bytes = interval.Kind == RegisterClass.Vector ? slotBytes : sizeof(long);
        slots[interval.Register] = used = (used + bytes - 1) / bytes * bytes;
        used += bytes;
    }
}
