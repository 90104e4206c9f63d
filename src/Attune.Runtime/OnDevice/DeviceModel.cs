using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.OnDevice;

/// <summary>
/// A network compiled for a device of its own memory: one arena there, weights resident, copies only at the ends and around operators that only the host can
/// run. One run at a time.
/// </summary>
internal sealed class DeviceModel : IDisposable
{
    private readonly ExecutionPlan plan;
    private readonly DeviceMemories memories;
    private readonly List<(PlannedStep Step, List<DevicePart> Parts)> steps;
    private readonly IReadOnlyCollection<IDeviceKernel> kernels;
    private readonly Lock gate = new();

    private DeviceModel(
        ExecutionPlan plan, DeviceMemories memories, List<(PlannedStep Step, List<DevicePart> Parts)> steps, IReadOnlyCollection<IDeviceKernel> kernels)
    {
        this.plan = plan;
        this.memories = memories;
        this.steps = steps;
        this.kernels = kernels;
    }

    /// <summary>Names of the nodes that run on the host, in order.</summary>
    public ImmutableArray<string> OnHost => [.. steps.Where(step => step.Step.Kind == StepKind.Reference).Select(step => step.Step.Name)];

    /// <summary>Compiles a fused network.</summary>
    /// <param name="network">The network after fusion.</param>
    /// <param name="configurations">Knob texts by task key; tasks that are missing run their default configuration.</param>
    /// <param name="backend">The device; stays the caller's and must outlive the model.</param>
    /// <exception cref="DeviceException">The device refuses a kernel, or has not enough memory.</exception>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public static DeviceModel Compile(Network network, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, IBackend backend)
    {
        var layout = ExecutionPlan.Create(network, backend.Target);
        if (LayoutVerifier.IsOn)
        {
            LayoutVerifier.Require(layout);
        }

        var memory = new DeviceMemories(backend, layout);
        try
        {
            using var compiler = new DeviceStepCompiler(layout, new ConfigurationChoice(configurations, backend.Target), backend, memory);
            return new DeviceModel(layout.WithoutWeights(), memory, compiler.Run(), compiler.TakeKernels());
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network on tensors by name.</summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <returns>One tensor for each output.</returns>
    /// <exception cref="ArgumentException">An input is missing, or has another type or shape.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        lock (gate)
        {
            var run = new DeviceRun(plan.Storages.Length);
            for (int i = 0; i < plan.Inputs.Length; i++)
            {
                Bring(run, plan.Network.Inputs[i], plan.Inputs[i], inputs);
            }

            foreach (DevicePart part in steps.SelectMany(step => step.Parts))
            {
                part.Run(run);
            }

            var results = new Dictionary<string, Tensor>();
            for (int i = 0; i < plan.Outputs.Length; i++)
            {
                NetworkValue value = plan.Network.Outputs[i];
                results[value.Name] = plan.Network.Constants.TryGetValue(value.Name, out Tensor? constant) ? constant : Take(run, plan.Outputs[i]);
            }

            return results;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DevicePart part in steps.SelectMany(step => step.Parts))
        {
            part.Dispose();
        }

        foreach (IDeviceKernel kernel in kernels)
        {
            kernel.Dispose();
        }

        memories.Dispose();
    }

    private void Bring(DeviceRun run, NetworkValue value, Storage storage, IReadOnlyDictionary<string, Tensor> inputs)
    {
        if (!inputs.TryGetValue(value.Name, out Tensor? tensor) || tensor.Element != value.Type.Element || !tensor.Shape.Equals(value.Type.Shape))
        {
            throw new ArgumentException($"Input '{value.Name}' must be {value.Type}.", nameof(inputs));
        }

        run.Managed[storage.Id] = tensor;
        if (storage.Kind == StorageKind.External)
        {
            DeviceRegion region = memories.Of(storage);
            region.Memory!.Write(region.Offset, MemoryMarshal.AsBytes(tensor.Span<float>()));
        }
    }

    private Tensor Take(DeviceRun run, Storage storage)
    {
        if (storage.Kind == StorageKind.Managed)
        {
            return run.Managed[storage.Id]!;
        }

        var data = new float[storage.Shape.Count];
        DeviceRegion region = memories.Of(storage);
        region.Memory!.Read(region.Offset, MemoryMarshal.AsBytes(data.AsSpan()));
        return Tensor.Of(storage.Shape, data);
    }
}
