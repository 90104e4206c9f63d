using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;

namespace Attune.Tuning.Tests.Gate;

/// <summary>
/// Spoils three quarters of a task's kernels in one way. A phase before each kernel tells a manual clock how long the run takes, spoilt ones a fifth of the
/// others, so that they win unless they are found out; a phase after it does the damage.
/// </summary>
internal sealed unsafe class PlantedKernels
{
    private readonly WeightedWorkload workload;
    private readonly KernelSignature binding;
    private readonly long defaultIndex;
    private readonly PlantedFault fault;
    private readonly int seed;
    private readonly ManualClock clock;
    private readonly long outputCount;
    private readonly long inputCount;
    private readonly Random chance;

    public PlantedKernels(WeightedWorkload workload, long defaultIndex, PlantedFault fault, int seed, ManualClock clock)
    {
        this.workload = workload;
        this.defaultIndex = defaultIndex;
        this.fault = fault;
        this.seed = seed;
        this.clock = clock;
        binding = KernelTemplates.CanonicalSignature(workload, Epilogue.Typical);
        outputCount = workload.Exit.Batch * binding.Output.Batch;
        inputCount = workload.Exit.Batch * binding.Input.Batch;
        chance = new Random(seed);
    }

    /// <summary>Spoilt kernels that were built.</summary>
    public HashSet<long> Built { get; } = [];

    public bool IsPlanted(long index) => index != defaultIndex && Mix(index) % 4 != 0;

    /// <summary>Puts phases around a kernel's own.</summary>
    public ImmutableArray<KernelPhase> Plant(long index, ImmutableArray<KernelPhase> phases)
    {
        bool planted = IsPlanted(index);
        double ms = (planted ? 0.2 : 1) * (1 + (Mix(index + 1) % 100 * 0.002));
        var time = TimeSpan.FromMilliseconds(ms);
        if (!planted)
        {
            return phases.Insert(0, new KernelPhase((_, _, _) => clock.Advance(time), 1));
        }

        Built.Add(index);
        var damage = new Damage(this);
        return
        [
            new KernelPhase((table, _, _) =>
            {
                clock.Advance(time);
                damage.Before(table);
            }, 1),
            .. phases.Select(phase => new KernelPhase(Spoil(phase.Entry), phase.Units)),
            new KernelPhase((table, _, _) => damage.After(table), 1),
        ];
    }

    private KernelEntry Spoil(KernelEntry entry) => fault switch
    {
        PlantedFault.PartOfUnits => (table, begin, end) => entry(table, begin + ((end - begin + 1) / 2), end),
        PlantedFault.OnSecondThread =>
            (table, begin, end) => entry(table, begin, Thread.CurrentThread.Name?.StartsWith("attune-", StringComparison.Ordinal) == true ? end - 1 : end),
        _ => entry,
    };

    private uint Mix(long index) => unchecked((uint)(((ulong)(index + (seed * 1_000_003L)) * 0x9E37_79B9_7F4A_7C15UL) >> 40));

    /// <summary>What one kernel remembers from run to run, and what it does to memory.</summary>
    private sealed class Damage(PlantedKernels owner)
    {
        private long? firstInput;
        private float unwritten;

        private long Last =>
            owner.binding.Output.Origin
                + ((owner.workload.Exit.OutHeight - 1) * owner.binding.Output.Row)
                + ((owner.workload.Exit.OutWidth - 1) * owner.binding.Output.Pixel);

        public void Before(float** table) => unwritten = table[4][Last];

        public void After(float** table)
        {
            float* y = table[4];
            switch (owner.fault)
            {
                case PlantedFault.Borders:
                    for (int w = 0; w < owner.workload.Exit.OutWidth; w++)
                    {
                        y[owner.binding.Output.Origin + (w * owner.binding.Output.Pixel)] *= 0.5f;
                    }

                    break;
                case PlantedFault.OnceInAHundred when owner.chance.Next(100) == 0:
                    y[Last] = (y[Last] * 2) + 1;
                    break;
                case PlantedFault.WritesBehind:
                    y[owner.outputCount] = 1;
                    break;
                case PlantedFault.WritesBefore:
                    y[-1] = 1;
                    break;
                case PlantedFault.WritesBehindScratch:
                    table[CompiledKernel.ScratchSlot][-1] = 1;
                    break;
                case PlantedFault.WritesIntoInput:
                    table[0][owner.binding.Input.Origin] += 1;
                    break;
                case PlantedFault.WritesIntoWeights:
                    table[1][0] += 1;
                    break;
                case PlantedFault.LeavesNaN:
                    y[Last] = float.NaN;
                    break;
                case PlantedFault.Unwritten:
                    y[Last] = unwritten;
                    break;
                case PlantedFault.OnlyFirstInput when !IsFirst(table[0]):
                case PlantedFault.OnlySmallNumbers when Any(table[0], magnitude => magnitude >= 1):
                case PlantedFault.OnlyLargeNumbers when !Any(table[0], magnitude => magnitude >= 1e-3f):
                    Halve(y, owner.outputCount);
                    break;
                case PlantedFault.NaNThenGood:
                    Halve(y, Last);
                    y[Math.Max(0, Last - 1)] = float.NaN;
                    break;
                default:
                    break;
            }
        }

        private static void Halve(float* values, long count)
        {
            for (long i = 0; i < count; i++)
            {
                values[i] *= 0.5f;
            }
        }

        private bool Any(float* x, Predicate<float> holds)
        {
            for (long i = 0; i < owner.inputCount; i++)
            {
                if (holds(Math.Abs(x[i])))
                {
                    return true;
                }
            }

            return false;
        }

        private bool IsFirst(float* x)
        {
            long hash = 17;
            for (long i = 0; i < owner.inputCount; i++)
            {
                hash = unchecked((hash * 31) + BitConverter.SingleToInt32Bits(x[i]));
            }

            firstInput ??= hash;
            return firstInput == hash;
        }
    }
}
