using System.Collections.Immutable;
using Attune.Cohort.Profiling;
using Attune.Compile.Forms;
using Attune.Compile.LowRank;
using Attune.Devices.Cpu;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring.Kernels;
using Attune.Measuring.Workers;

namespace Attune.Cohort.Session;

/// <summary>How a model is profiled. Immutable.</summary>
public sealed record ProfileOptions
{
    private const int MaxShares = 8;

    /// <summary>
    /// The device that the model runs on, as <see cref="DeviceProfile.Find"/> gives it; one with memory of its own uses one thread of this machine, to wait.
    /// Default: the processors of this machine.
    /// </summary>
    public DeviceProfile Device { get; init; } = DeviceProfile.Cpu;

    /// <summary>Threads of the kernels, and the most that are measured, at least 1. Default: all processors of this process.</summary>
    public int Threads { get; init; } = UsableProcessors.Count;

    /// <summary>
    /// Variants whose layers multiply narrower numbers, no two alike; for processors. They come before the low-rank ones. Default: none.
    /// </summary>
    public ImmutableArray<FormPrecision> Forms { get; init; } = [];

    /// <summary>
    /// For each low-rank variant the share of the exact layer's multiplications that it may need: up to eight numbers between 0 and 1, falling. Default: none.
    /// </summary>
    public ImmutableArray<double> Shares { get; init; } = [];

    /// <summary>How convolutions are cut in two.</summary>
    public LowRankSplit Split { get; init; }

    /// <summary>Time to search kernels for forms; null takes default ones. Default: 30 s.</summary>
    public TimeSpan? Budget { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Seed of searches and of the order of measurements.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How stages are measured; its variant names, seed and progress are the session's.</summary>
    public ProfilingOptions Measuring { get; init; } = new();

    /// <summary>Path of the profile to write; null writes none.</summary>
    public string? Output { get; init; }

    /// <summary>Path of the model with forms to write; null writes none.</summary>
    public string? ModelOutput { get; init; }

    /// <summary>Path of the model without forms, remembered in the profile; null when unknown.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// How the processes are started in which kernels are measured, given the bytes of weights that one inference reads. Default: this program again.
    /// </summary>
    public Func<long, DeviceName, WorkerCommand> Worker { get; init; } = KernelWorker.InThisProgram;

    internal bool HasForms => !Forms.IsEmpty || !Shares.IsEmpty;

    /// <summary>True for shares as <see cref="Shares"/> takes them.</summary>
    /// <param name="shares">Shares.</param>
    public static bool AreShares(IReadOnlyList<double> shares) =>
        shares.Count <= MaxShares && shares.All(share => share is > 0 and < 1) && shares.Zip(shares.Skip(1)).All(pair => pair.First > pair.Second);

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it and what is allowed.</exception>
    public ProfileOptions Validated()
    {
        string? problem = Threads < 1 ? $"Threads {Threads} is below 1"
            : !AreShares(Shares) ? $"Shares are not up to {MaxShares} numbers between 0 and 1, falling"
            : Forms.Distinct().Count() != Forms.Length ? $"Forms {string.Join(", ", Forms)} name one twice"
            : !Forms.IsEmpty && Device.Kind != TargetKind.Cpu ? $"Forms {string.Join(", ", Forms)} are for processors, not for {Device.Name}"
            : Budget <= TimeSpan.Zero ? $"Budget {Budget} is not above zero"
            : null;
        return problem is null ? this : throw new ArgumentException($"Options of a profile: {problem}.");
    }
}
