using System.Collections.Immutable;
using Attune.Devices;
using Attune.Devices.Cpu;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime.Dynamic;

namespace Attune.Runtime;

/// <summary>How a model is compiled and run.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// Threads of an inference, the caller's included; 0 for all processors this process may use: its affinity mask, and the whole processors of a container's
    /// quota. With a <see cref="Team"/>: 0, or its number of members.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Threads that several models share, instead of some for each; whoever made the team disposes of it, after the models. Null for threads of the model's
    /// own.
    /// </summary>
    public ThreadTeam? Team { get; init; }

    /// <summary>Floats per vector: 4, 8 or 16; 0 for the widest that this machine runs well.</summary>
    public int Lanes { get; init; }

    /// <summary>
    /// Names of fusions of the execution plan to switch off, as in <see cref="Fusions"/>; those of graph passes have no effect here, since the network is
    /// given. Default: none.
    /// </summary>
    public ImmutableArray<string> WithoutFusions { get; init; } = [];

    /// <summary>
    /// What kernels are generated for; null for this machine with vectors of <see cref="Lanes"/> floats. One that asks for instructions this machine lacks
    /// cannot run.
    /// </summary>
    public KernelTarget? Target { get; init; }

    /// <summary>
    /// The device to run on. Null: what a tuned model was tuned for, or else the processors. On other devices an inference uses no threads of this machine.
    /// </summary>
    public DeviceName? Device { get; init; }

    /// <summary>The device in use, shared by several models; whoever opened it disposes of it, after the models. Null for one that the model opens.</summary>
    internal IBackend? Backend { get; init; }

    /// <summary>Compiled programs that came with the model.</summary>
    internal ImmutableArray<DeviceCode> Programs { get; init; } = [];

    /// <summary>How long a kernel may take on a device with memory of its own when it runs for the first time: one that hangs is an error then.</summary>
    internal TimeSpan FirstRunLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The model with its open extents, for inputs of other shapes; null for none.</summary>
    internal OpenNetwork? Open { get; init; }

    /// <summary>Gives <see cref="Open"/> again with all its constants, where they stay in a file until they are wanted; null where they are there.</summary>
    internal Func<OpenNetwork>? ReloadOpen { get; init; }

    /// <summary>Whether a layer without configuration takes that of the same layer on other extents.</summary>
    internal bool TakesNearest { get; init; }

    /// <summary>What is compiled while the model runs, where types are known only then, and how much of it is kept.</summary>
    internal DynamicLimits Limits { get; init; } = DynamicLimits.Default;

    /// <summary>True to take the threads that a file was tuned for where <see cref="Threads"/> is 0.</summary>
    internal bool ThreadsAsTuned { get; init; }

    /// <summary>True for a device with memory of its own.</summary>
    internal bool HasOwnMemory => (Backend?.Device ?? Device ?? DeviceName.Cpu).Kind != TargetKind.Cpu;

    /// <summary>
    /// Checks the options and fills in what they leave to the machine; the target of a device with memory of its own is known once it is open.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public ModelOptions Resolve()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (Team is not null && Threads != 0 && Threads != Team.Members)
        {
            throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"The team has {Team.Members} members; ask for as many threads, or for 0.");
        }

        if (Team is null && !HasOwnMemory && Threads > Environment.ProcessorCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Threads), Threads,
                $"This process may use {Environment.ProcessorCount} processors; ask for at most that many threads, or 0 for all of them.");
        }

        if (!HasOwnMemory && Lanes is not (0 or 4 or 8 or 16))
        {
            throw new ArgumentOutOfRangeException(nameof(Lanes), Lanes, "Vectors have 4, 8 or 16 floats.");
        }

        if (WithoutFusions.FirstOrDefault(name => Fusions.Find(name) is null) is { } unknown)
        {
            throw new ArgumentOutOfRangeException(
                nameof(WithoutFusions), unknown, $"There is no fusion of this name; there are {string.Join(", ", Fusions.All.Select(fusion => fusion.Name))}.");
        }

        if (HasOwnMemory)
        {
            return Team is null
                ? this with { Threads = 1, Lanes = Backend?.Target.Lanes ?? 1, Target = Target ?? Backend?.Target }
                : throw new ArgumentOutOfRangeException(nameof(Team), $"A team is of processors, and {Backend?.Device ?? Device} has none.");
        }

        KernelTarget target = Target ?? HostTarget.Of(Lanes);
        return this with { Threads = Team?.Members ?? (Threads == 0 ? UsableProcessors.Count : Threads), Lanes = target.Lanes, Target = target };
    }
}
