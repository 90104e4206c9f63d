using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Execution;
using Attune.Runtime.OnDevice;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime;

/// <content>Models on devices with memory of their own.</content>
public sealed partial class CompiledModel
{
    /// <summary>The device that the model runs on.</summary>
    public DeviceProfile Device => device?.Profile ?? DeviceProfile.Cpu;

    /// <summary>
    /// Why the device is asked for each kernel though its kind can be told all at once (a CUDA graph): what its driver says, without a full stop. Null when it
    /// is told all at once, for other kinds, and until the model has run twice.
    /// </summary>
    public string? SequenceRefusal => device?.SequenceRefusal;

    /// <summary>
    /// What the device's compiler made of the kernels, where its driver takes that without the compiler (CUDA); empty on other devices. Each program is there
    /// once.
    /// </summary>
    public ImmutableArray<DeviceCode> Programs =>
    [
        .. device?.Steps.SelectMany(step => step.Kernels).Select(kernel => kernel.Kernel.Code).OfType<DeviceCode>().DistinctBy(code => code.Source) ?? [],
    ];

    /// <summary>
    /// Text of a step's kernels in the language of the device's compiler, and what the compiler says of them; null where the device has none, or the step has
    /// no kernel.
    /// </summary>
    /// <param name="step">Position in <see cref="Steps"/>.</param>
    public string? SourceOf(int step)
    {
        ImmutableArray<(KernelSource Source, IDeviceKernel Kernel)> kernels = device?.Steps[step].Kernels ?? [];
        return kernels.IsEmpty ? null : SourceDialect.Of(Device.Kind).Text(kernels.SelectMany(Printed));

        static IEnumerable<string> Printed((KernelSource Source, IDeviceKernel Kernel) one, int number) =>
        [
            .. one.Kernel.Usage is { } usage ? (string[])[$"// {usage}"] : [],
            .. one.Source.Phases.Select((phase, i) =>
                SourcePrinter.Print(phase.Program, $"kernel{number}_phase{i}", phase.Units, one.Source.ScratchFloats).Body),
        ];
    }

    [RequiresDynamicCode(EmitsCode)]
    private static CompiledModel CompileForDevice(
        Network network, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions options, long start, LoadQueue queue,
        TunedModel? tuned)
    {
        // The file's checksums; kernels are compiled one after the other by the device's driver.
        queue.Run();
        IBackend backend = options.Backend
            ?? BackendCatalog.Open(options.Device!, programs: ProgramCache.OfUser(), given: options.Programs)
                .OrThrow(reason => new DeviceMissingException(options.Device!, reason));
        bool isOwned = options.Backend is null;
        ModelOptions resolved = (options with { Backend = backend }).Resolve();
        ExecutionPlan layout;
        try
        {
            layout = ExecutionPlan.Create(network, resolved.Target!, PlanRequest.Of(configurations.Keys, resolved.WithoutFusions));
            if (tuned is not null)
            {
                RequireMemory(layout);
            }

            if (LayoutVerifier.IsOn)
            {
                LayoutVerifier.Require(layout);
            }
        }
        catch when (isOwned)
        {
            backend.Dispose();
            throw;
        }

        double read = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var choice = new ConfigurationChoice(configurations, resolved.Target!, resolved.TakesNearest);
        var program = DeviceProgram.Compile(layout, choice, backend, isOwned, resolved.FirstRunLimit);
        ExecutionPlan light = layout.WithoutWeights();
        ImmutableArray<CompiledStep> described = [.. program.AllSteps.Select(step => StepOf(step, choice, layout.Target))];
        double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new CompiledModel(light, default, [], described, resolved with { Backend = options.Backend, Device = backend.Device },
            wanted => Late(layout, configurations, options, wanted with { Backend = backend }), program)
        {
            Tuned = tuned is null ? null : tuned with { Network = light.Given },
            Coverage = ModelCoverage.Of(layout),
            LoadTimes = new LoadTimes(total, read, total - read, 0),
        };
    }

    // A step is one phase here: whoever records sees its time on the device as a whole.
    private static CompiledStep StepOf(DeviceStep step, ConfigurationChoice choice, KernelTarget target)
    {
        StepReport report = StepReports.Of(step.Planned, target, Searched(step.Planned, choice)) with
        {
            WorkUnits = [step.Kernels.SelectMany(kernel => kernel.Source.Phases).Select(phase => phase.Units).DefaultIfEmpty().Max()],
        };
        Func<string>? program = step.Kernels.IsEmpty ? null : () => ProgramText(step.Kernels);
        return new CompiledStep(report, [[]], program) { Layer = step.Layer, Form = step.Form };
    }

    private static (WeightedWorkload Workload, Kernels.Spaces.Configuration Configuration, ConfigurationSource Source)? Searched(
        PlannedStep step, ConfigurationChoice choice)
    {
        if (step.Kind != StepKind.Convolution)
        {
            return null;
        }

        WeightedWorkload workload = ExecutionPlan.WorkloadOf(step);
        (Kernels.Spaces.Configuration configuration, ConfigurationSource source) = choice.Of(workload);
        return (workload, configuration, source);
    }

    private static string ProgramText(ImmutableArray<(KernelSource Source, IDeviceKernel Kernel)> kernels) =>
        string.Join(Environment.NewLine, kernels.SelectMany(kernel => kernel.Source.Phases).Select(phase => Printer.Print(phase.Program)));
}
