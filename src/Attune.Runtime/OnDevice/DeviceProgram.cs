using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>
/// The steps of a network compiled for a device of its own memory: one arena there, weights resident, copies only at the ends and around operators that only
/// the host can run. One run at a time, others wait.
/// </summary>
internal sealed class DeviceProgram : IDisposable
{
    private readonly IBackend backend;
    private readonly DeviceConstants constants;
    private readonly ExecutionPlan plan;
    private readonly IReadOnlyCollection<IDeviceKernel> kernels;
    private readonly Lock gate = new();
    private readonly List<ICommandSequence> sequences = [];
    private readonly bool isOwned;
    private readonly TimeSpan limit;
    private readonly HashSet<DeviceBinding> others = [];
    private readonly DeviceBinding whole;
    private readonly ImmutableArray<DevicePart> parts;
    private ITimeline? timeline;
    private ImmutableArray<DevicePart> joined;
    private int runs;

    private DeviceProgram(
        IBackend backend, bool isOwned, DeviceConstants constants, ExecutionPlan plan, ImmutableArray<DeviceStep> steps,
        IReadOnlyCollection<IDeviceKernel> kernels, TimeSpan limit)
    {
        this.backend = backend;
        this.isOwned = isOwned;
        this.limit = limit;
        this.constants = constants;
        this.plan = plan.WithoutWeights();
        this.kernels = kernels;
        AllSteps = steps;
        Steps = [.. steps.Where(step => step.Form == 0)];
        SharedFloats = kernels.Select(kernel => kernel.SharedFloats).DefaultIfEmpty().Max();
        whole = DeviceBinding.Create(backend, plan, Steps, SharedFloats);
        parts = [.. whole.Steps.SelectMany(part => part)];
        joined = parts;
    }

    /// <summary>The device.</summary>
    public DeviceProfile Profile => backend.Profile;

    /// <summary>The steps that run when every layer is exact, in order.</summary>
    public ImmutableArray<DeviceStep> Steps { get; }

    /// <summary>All steps in order, those of cheaper forms included.</summary>
    public ImmutableArray<DeviceStep> AllSteps { get; }

    /// <summary>Bytes of weights and other constants on the device.</summary>
    public long ConstantBytes => constants.Bytes;

    /// <summary>Bytes of the workspace that kernels share.</summary>
    public long SharedBytes => SharedFloats * sizeof(float);

    /// <summary>
    /// Why kernels are begun one by one though devices of this kind could be told all at once; null when they are not, or nothing ran twice yet.
    /// </summary>
    public string? SequenceRefusal { get; private set; }

    private long SharedFloats { get; }

    /// <summary>Compiles all steps of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="choice">Configurations.</param>
    /// <param name="backend">The device.</param>
    /// <param name="isOwned">True when the program disposes of the device, also when it cannot be made; else the device must outlive it.</param>
    /// <param name="limit">How long a kernel may take that did not run before.</param>
    /// <exception cref="DeviceException">The device refuses a kernel, or has not enough memory.</exception>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public static DeviceProgram Compile(ExecutionPlan plan, ConfigurationChoice choice, IBackend backend, bool isOwned, TimeSpan limit)
    {
        var weights = new DeviceConstants(backend);
        try
        {
            using var compiler = new DeviceStepCompiler(plan, choice, backend, weights);
            var program = new DeviceProgram(backend, isOwned, weights, plan, compiler.Run(), compiler.Kernels, limit);
            compiler.HandOver();
            return program;
        }
        catch
        {
            weights.Dispose();
            if (isOwned)
            {
                backend.Dispose();
            }

            throw;
        }
    }

    /// <summary>Runs all exact steps.</summary>
    /// <param name="context">Inputs, and room for outputs.</param>
    /// <param name="recording">Receives the times of each step as they followed on another; null when nobody asks.</param>
    /// <exception cref="DeviceException">The device fails; it may be gone for good.</exception>
    public void Run(RunContext context, RunRecording? recording)
    {
        lock (gate)
        {
            whole.Upload(context);
            if (recording is null)
            {
                RunUnwatched(context);
            }
            else
            {
                RunMarked(context, recording);
            }

            whole.Download(context);
        }
    }

    /// <summary>Memory of its own for an inference that stops between steps; the program frees what nobody gave back.</summary>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public DeviceBinding Bind()
    {
        lock (gate)
        {
            var binding = DeviceBinding.Create(backend, plan, AllSteps, SharedFloats);
            others.Add(binding);
            return binding;
        }
    }

    /// <summary>Gives memory back; may be called when the program was disposed of.</summary>
    public void Free(DeviceBinding binding)
    {
        lock (gate)
        {
            if (others.Remove(binding))
            {
                binding.Dispose();
            }
        }
    }

    /// <summary>Runs some steps and waits for them; inputs are brought before the first step, outputs taken after the last.</summary>
    /// <param name="binding">Memory from <see cref="Bind"/>.</param>
    /// <param name="context">Inputs, and room for outputs.</param>
    /// <param name="begin">First step, of <see cref="AllSteps"/>.</param>
    /// <param name="end">First step that does not run.</param>
    /// <param name="forms">Form of each layer with several.</param>
    /// <exception cref="DeviceException">The device fails; it may be gone for good.</exception>
    public void Run(DeviceBinding binding, RunContext context, int begin, int end, Func<int, int> forms)
    {
        lock (gate)
        {
            if (begin == 0 && end > 0)
            {
                binding.Upload(context);
            }

            for (int i = begin; i < end; i++)
            {
                DeviceStep step = AllSteps[i];
                if (step.Layer >= 0 && step.Form != forms(step.Layer))
                {
                    continue;
                }

                Run(binding.Steps[i], context, binding.IsNew(i));
            }

            if (begin < end && end == AllSteps.Length)
            {
                binding.Download(context);
            }

            backend.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timeline?.Dispose();
        sequences.ForEach(sequence => sequence.Dispose());
        whole.Dispose();
        lock (gate)
        {
            foreach (DeviceBinding binding in others)
            {
                binding.Dispose();
            }

            others.Clear();
        }

        foreach (IDeviceKernel kernel in kernels)
        {
            kernel.Dispose();
        }

        constants.Dispose();
        if (isOwned)
        {
            backend.Dispose();
        }
    }

    // The first run goes kernel by kernel: drivers load code when it first runs, which they may not do while they record. Who runs twice may run often.
    private void RunUnwatched(RunContext context)
    {
        if (runs == 1)
        {
            joined = Join();
        }

        Run(joined, context, runs == 0);
        runs = Math.Min(runs + 1, 2);
    }

    // Kernels that nobody has seen to end are not waited for without a limit.
    private void Run(ImmutableArray<DevicePart> all, RunContext context, bool isFirst)
    {
        foreach (DevicePart part in all)
        {
            if (isFirst && part is not (KernelLaunchPart or SequencePart))
            {
                backend.Wait(limit);
            }

            part.Run(context);
        }

        if (isFirst)
        {
            backend.Wait(limit);
        }
    }

    // Kernels that follow on another become one part where the device takes them so.
    private ImmutableArray<DevicePart> Join()
    {
        var all = ImmutableArray.CreateBuilder<DevicePart>();
        for (int begin = 0, end; begin < parts.Length; begin = end)
        {
            end = begin + 1;
            while (parts[begin] is KernelLaunchPart && end < parts.Length && parts[end] is KernelLaunchPart)
            {
                end++;
            }

            ImmutableArray<DevicePart> run = parts[begin..end];
            if (run.Length > 1 && Recorded(run) is { } sequence)
            {
                sequences.Add(sequence);
                all.Add(new SequencePart(sequence));
            }
            else
            {
                all.AddRange(run);
            }
        }

        return all.DrainToImmutable();
    }

    private ICommandSequence? Recorded(ImmutableArray<DevicePart> launches)
    {
        if (SequenceRefusal is not null)
        {
            return null;
        }

        Result<ICommandSequence, string>? recorded = backend.Record(() =>
        {
            foreach (DevicePart launch in launches)
            {
                ((KernelLaunchPart)launch).Begin();
            }
        });
        SequenceRefusal = recorded is { Succeeded: false } refused ? refused.Error : null;
        return recorded is { Succeeded: true } ready ? ready.Value : null;
    }

    // Marks between steps, not waits: the device goes on from step to step as it does unwatched.
    private void RunMarked(RunContext context, RunRecording recording)
    {
        timeline ??= backend.CreateTimeline();
        long begin = Stopwatch.GetTimestamp();
        timeline.Mark();
        foreach (ImmutableArray<DevicePart> step in whole.Steps)
        {
            foreach (DevicePart part in step)
            {
                part.Run(context);
            }

            timeline.Mark();
        }

        double ticksPerMillisecond = Stopwatch.Frequency / 1e3;
        MemberStamps stamps = recording.StampsOf(0);
        double[] times = timeline.Take();
        stamps.Stamp(begin);
        foreach (double time in times.AsSpan(1))
        {
            long end = begin + (long)(time * ticksPerMillisecond);
            stamps.Stamp(end);
            stamps.Stamp(end);
        }
    }
}
