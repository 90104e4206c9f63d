using System.Collections.Immutable;
using Attune.Kernels.Backends;
using Attune.Kernels.Backends.Cpu;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>Builds candidates from the kernel templates; what a worker process hosts. Data of recent tasks is kept while it fits a budget.</summary>
/// <param name="weightFootprint">
/// Bytes of weights that one inference of the whole model reads, at least 0. A candidate's weights are rotated among copies, so that they come from where they
/// come from in the model: copies of this size for small models; 64 MiB for models of more than 4 MiB, whose weights and activations pass through an outer
/// cache that is often shared with others, and then come from memory.
/// </param>
/// <param name="clock">Tells packing from compiling, and times kernels of devices without a clock of their own; null takes the system's.</param>
/// <param name="device">The device to run them on; null for the processors.</param>
public sealed class KernelCandidateFactory(long weightFootprint, TimeProvider? clock = null, DeviceName? device = null) : ICandidateFactory
{
    private const long LargeModel = 4L << 20;
    private const long LargeFootprint = 64L << 20;
    private const long KeptBytes = 1L << 30;
    private readonly TimeProvider time = clock ?? TimeProvider.System;
    private readonly Dictionary<string, TaskData> tasks = [];
    private readonly List<string> recent = [];

    /// <summary>The device.</summary>
    internal IBackend Backend { get; init; } =
        BackendCatalog.Open(device ?? DeviceName.Cpu, out string? refusal, clock) ?? throw new InvalidOperationException($"Device {device}: {refusal}.");

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
            tasks[task] = new TaskData(Backend, workload);
            Evict();
        }
    }

    /// <inheritdoc/>
    public CandidateResult Build(string task, IReadOnlyDictionary<string, string> knobs, int threads)
    {
        Prepare(task, threads);
        TaskData data = tasks[task];
        if (data.Space.Find(knobs) is not { } configuration)
        {
            return CandidateResult.Invalid("The knobs name no point of the task's space.");
        }

        if (!data.Space.IsValid(configuration.Index))
        {
            return CandidateResult.Invalid("The configuration violates a constraint of its space.");
        }

        IDeviceKernel? kernel = Backend.Compile(KernelTemplates.Source(data.Workload, configuration, data.Signature, data.Target), out string? refusal);
        if (kernel is null)
        {
            return CandidateResult.CompileError(refusal!);
        }

        long start = time.GetTimestamp();
        WeightCopies weights = data.Pack(configuration, weightFootprint > LargeModel ? LargeFootprint : weightFootprint);
        kernel = Plant is not null && kernel is CpuKernel code ? code with { Phases = Plant(configuration.Index, code.Phases) } : kernel;
        var candidate = new KernelCandidate(Backend, kernel, data, weights, threads, unchecked((int)(configuration.Index * 0x9E3779B1)));
        return CandidateResult.Built(candidate) with { DataMs = time.GetElapsedTime(start).TotalMilliseconds };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TaskData data in tasks.Values)
        {
            data.Dispose();
        }

        tasks.Clear();
        recent.Clear();
        Backend.Dispose();
    }

    private void Evict()
    {
        while (recent.Count > 1 && tasks.Values.Sum(data => data.Bytes) > KeptBytes)
        {
            tasks.Remove(recent[0], out TaskData? oldest);
            oldest?.Dispose();
            recent.RemoveAt(0);
        }
    }
}
