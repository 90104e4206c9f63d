using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Backends.Cpu;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>Builds candidates from the kernel templates; what a worker process hosts. Data of recent tasks is kept while it fits a budget.</summary>
public sealed class KernelCandidateFactory : ICandidateFactory
{
    private const long LargeModel = 4L << 20;
    private const long LargeFootprint = 64L << 20;
    private const long KeptBytes = 1L << 30;
    private readonly long weightFootprint;
    private readonly TimeProvider time;
    private readonly Dictionary<string, ITaskData> tasks = [];
    private readonly List<string> recent = [];

    /// <summary>Opens a device; its compiled programs are not kept.</summary>
    /// <param name="weightFootprint">
    /// Bytes of weights that one inference of the whole model reads, at least 0. A candidate's weights are rotated among copies, so that they come from where
    /// they come from in the model: copies of this size for small models; of 64 MiB, or one and a half times a device's last cache where that is more, for
    /// models of more than 4 MiB, whose weights and activations pass through an outer cache that is often shared with others, and then come from memory.
    /// </param>
    /// <param name="clock">Tells packing from compiling, and times kernels of devices without a clock of their own; null takes the system's.</param>
    /// <param name="device">The device to run them on; null for the processors.</param>
    /// <exception cref="InvalidOperationException">The device cannot be opened.</exception>
    public KernelCandidateFactory(long weightFootprint, TimeProvider? clock = null, DeviceName? device = null)
        : this(weightFootprint, clock, device, programs: null)
    {
    }

    /// <summary>Opens a device.</summary>
    /// <param name="weightFootprint">As above.</param>
    /// <param name="clock">As above.</param>
    /// <param name="device">As above.</param>
    /// <param name="programs">Where its compiled programs are kept; null compiles each anew.</param>
    internal KernelCandidateFactory(long weightFootprint, TimeProvider? clock, DeviceName? device, ProgramCache? programs)
    {
        this.weightFootprint = weightFootprint;
        time = clock ?? TimeProvider.System;
        Backend = BackendCatalog.Open(device ?? DeviceName.Cpu, clock, programs)
            .OrThrow(refusal => new InvalidOperationException($"Device {device}: {refusal}."));
    }

    /// <summary>The device.</summary>
    internal IBackend Backend { get; init; }

    /// <summary>
    /// Replaces the code of a kernel's phases, given the configuration's index: how tests plant kernels that are wrong. Null leaves all as they are.
    /// </summary>
    internal Func<long, ImmutableArray<KernelPhase>, ImmutableArray<KernelPhase>>? Plant { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The task is no key of a workload.</exception>
    public void Prepare(string task, int threads)
    {
        recent.Remove(task);
        recent.Add(task);
        if (!tasks.ContainsKey(task))
        {
            WeightedWorkload workload = WeightedWorkload.TryParse(task)
                ?? throw new ArgumentException($"'{task}' is no key of a task of this version.", nameof(task));
            tasks[task] = ITaskData.Of(Backend, workload);
            Evict();
        }
    }

    /// <inheritdoc/>
    public CandidateResult Build(string task, IReadOnlyDictionary<string, string> knobs, int threads)
    {
        Prepare(task, threads);
        ITaskData data = tasks[task];
        if (data.Space.Find(knobs) is not { } configuration)
        {
            return CandidateResult.Invalid("The knobs name no point of the task's space.");
        }

        if (!data.Space.IsValid(configuration.Index))
        {
            return CandidateResult.Invalid("The configuration violates a constraint of its space.");
        }

        Result<IDeviceKernel, string> compiled = Backend.Compile(KernelTemplates.Source(data.Workload, configuration, data.Signature, data.Target));
        if (!compiled.Succeeded)
        {
            return CandidateResult.CompileError(compiled.Error);
        }

        long start = time.GetTimestamp();
        WeightCopies weights = data.Pack(configuration, weightFootprint > LargeModel ? BeyondCaches : weightFootprint);
        IDeviceKernel kernel = Plant is not null && compiled.Value is CpuKernel code
            ? code with { Phases = Plant(configuration.Index, code.Phases) }
            : compiled.Value;
        var candidate = new KernelCandidate(Backend, kernel, data, weights, threads, unchecked((int)(configuration.Index * 0x9E3779B1)));
        return CandidateResult.Built(candidate) with { DataMs = time.GetElapsedTime(start).TotalMilliseconds };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITaskData data in tasks.Values)
        {
            data.Dispose();
        }

        tasks.Clear();
        recent.Clear();
        Backend.Dispose();
    }

    // Half as much again as a device keeps: what was read longest ago is not always what goes first.
    private long BeyondCaches => Math.Max(LargeFootprint, Backend.CacheBytes / 2 * 3);

    private void Evict()
    {
        while (recent.Count > 1 && tasks.Values.Sum(data => data.Bytes) > KeptBytes)
        {
            tasks.Remove(recent[0], out ITaskData? oldest);
            oldest?.Dispose();
            recent.RemoveAt(0);
        }
    }
}
