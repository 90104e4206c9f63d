using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices.Memory;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>Turns planned steps into launches: kernels compiled by the device's back end, weights packed here and kept there.</summary>
internal sealed class DeviceStepCompiler(ExecutionPlan plan, ConfigurationChoice choice, IBackend backend, DeviceMemories memories) : IDisposable
{
    private readonly StepOperands operands = new(plan);
    private readonly Dictionary<object, IDeviceKernel> kernels = [];
    private bool isTaken;

    /// <summary>Compiles all steps.</summary>
    /// <exception cref="DeviceException">The device refuses a kernel, or has not enough memory.</exception>
    [RequiresDynamicCode("Kernels are compiled where they run.")]
    public List<(PlannedStep Step, List<DevicePart> Parts)> Run()
    {
        // Of layers in several forms the exact one runs.
        ImmutableArray<(int Layer, int Form)> forms = plan.Forms();
        var compiled = new List<(PlannedStep Step, List<IStepWork> Works)>();
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            if (forms[i].Form == 0)
            {
                compiled.Add((plan.Steps[i], [.. Works(plan.Steps[i])]));
            }
        }

        DeviceRegion shared = memories.Share(kernels.Values.Select(kernel => kernel.SharedFloats).DefaultIfEmpty().Max());
        return [.. compiled.Select(step => (step.Step, step.Works.ConvertAll(work => work.ToPart(backend, shared))))];
    }

    /// <summary>Hands the kernels over: who takes them disposes of them.</summary>
    public IReadOnlyCollection<IDeviceKernel> TakeKernels()
    {
        isTaken = true;
        return kernels.Values;
    }

    /// <summary>Frees what only the compilation needed, and kernels that nobody took.</summary>
    public void Dispose()
    {
        foreach (AlignedFloats buffer in operands.Buffers)
        {
            buffer.Dispose();
        }

        foreach (IDeviceKernel kernel in isTaken ? [] : kernels.Values.ToArray())
        {
            kernel.Dispose();
        }
    }

    private static void Pack(PackingWork work)
    {
        using var slab = new PackingSlab();
        for (int unit = 0; unit < work.Units; unit++)
        {
            work.Run(unit, slab);
        }
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private IEnumerable<IStepWork> Works(PlannedStep step)
    {
        switch (step.Kind)
        {
            case StepKind.Convolution:
                WeightedWorkload workload = ExecutionPlan.WorkloadOf(step);
                Configuration configuration = choice.Of(workload).Configuration;
                (AlignedFloats room, PackingWork work) = operands.Weights(step, workload, configuration);
                Pack(work);
                KernelSignature signature = ExecutionPlan.SignatureOf(step);
                IDeviceKernel kernel = KernelOf(
                    (workload.Key, configuration.Index, signature), step.Name, () => KernelTemplates.Source(workload, configuration, signature, plan.Target));
                yield return new LaunchWork(kernel, [.. operands.Of(step, workload, room).Select(memories.Of)]);
                break;
            case StepKind.Concat:
                int first = 0;
                foreach (Storage input in step.Inputs)
                {
                    if (input.Parent != step.Outputs[0])
                    {
                        ActivationView to = step.Outputs[0].ImageView;
                        yield return Copy(
                            step.Name, input.Extent, input.ImageView, to with { Origin = to.Origin + (first * to.Block) }, memories.Of(input),
                            memories.Of(step.Outputs[0]));
                    }

                    first += input.Extent.Channels;
                }

                break;
            case StepKind.Transpose:
                Node node = step.Plan!.Node;
                var permutation = StridedCopy.OfPermutation(plan.Network.TypeOf(node.Inputs[0]).Shape, node.Attributes.Ints("perm"));
                yield return Move(step.Name, permutation, step.Inputs[0], step.Outputs[0]);
                break;
            case StepKind.Copy:
                foreach (StridedCopy copy in step.Plan!.Copies)
                {
                    yield return Move(step.Name, copy, step.Inputs[copy.Input], step.Outputs[copy.Output]);
                }

                break;
            case StepKind.Convert:
                foreach (IStepWork part in Conversion(step))
                {
                    yield return part;
                }

                break;
            case StepKind.Reference:
                yield return new PartWork(new HostPart(new ReferenceCall(step.Plan!.Node, plan.Network.Constants, step.Inputs, step.Outputs)));
                break;
            default:
                foreach (UnsearchedKernel each in operands.Unsearched(step))
                {
                    IDeviceKernel code = KernelOf(
                        (each.Workload, each.Signature), step.Name, () => KernelTemplates.Source(each.Workload, each.Signature, plan.Target));
                    yield return new LaunchWork(code, [.. each.Operands.Select(memories.Of)]);
                }

                break;
        }

        foreach (Storage output in step.Outputs.Where(output => output.NeedsZeros))
        {
            Extent extent = output.Extent;
            ActivationView view = output.ImageView;
            long channelStep = output.Kind == StorageKind.Blocked ? view.Block : view.Lane;
            KernelSource zeros = CopyPrograms.Halo(view, extent.Images, extent.Channels, extent.Rows, extent.Columns, output.Root.Halo, channelStep);
            IDeviceKernel halo = KernelOf(("halo", view, extent, output.Root.Halo), step.Name, () => zeros);
            yield return new LaunchWork(halo, [default, default, default, default, memories.Of(output)]);
        }
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private IEnumerable<IStepWork> Conversion(PlannedStep step)
    {
        (Storage source, Storage target, Conversion conversion) = (step.Inputs[0], step.Outputs[0], step.Conversion!);
        if (source.Kind == StorageKind.Managed)
        {
            yield return new PartWork(new UploadPart(source, memories.Dense(source)));
        }

        DeviceRegion from = source.Kind == StorageKind.Managed ? memories.Dense(source) : memories.Of(source);
        DeviceRegion to = target.Kind == StorageKind.Managed ? memories.Dense(target) : memories.Of(target);
        yield return conversion.Order == ElementOrder.Line
            ? Move(step.Name, new StridedCopy(0, 0, [conversion.Extent.Columns], [1], [1], 0, 0), from, to)
            : Copy(step.Name, conversion.Extent, conversion.From, conversion.To, from, to);
        if (target.Kind == StorageKind.Managed)
        {
            yield return new PartWork(new DownloadPart(target, to));
        }
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private LaunchWork Copy(string name, Extent extent, ActivationView from, ActivationView to, DeviceRegion source, DeviceRegion target)
    {
        var copy = new StridedCopy(
            0,
            0,
            [extent.Images, extent.Channels, extent.Rows, extent.Columns],
            [from.Batch, from.Block, from.Row, from.Pixel],
            [to.Batch, to.Block, to.Row, to.Pixel],
            from.Origin,
            to.Origin);
        return Move(name, copy, source, target);
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private LaunchWork Move(string name, StridedCopy copy, Storage source, Storage target) => Move(name, copy, memories.Of(source), memories.Of(target));

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private LaunchWork Move(string name, StridedCopy copy, DeviceRegion source, DeviceRegion target)
    {
        string key = $"{string.Join('x', copy.Extents)} {copy.FromOrigin}+{string.Join(',', copy.FromSteps)} {copy.ToOrigin}+{string.Join(',', copy.ToSteps)}";
        IDeviceKernel kernel = KernelOf(key, name, () => CopyPrograms.Strided(copy.Extents, (copy.FromOrigin, copy.FromSteps), (copy.ToOrigin, copy.ToSteps)));
        return new LaunchWork(kernel, [source, default, default, default, target]);
    }

    [RequiresDynamicCode("Kernels are compiled where they run.")]
    private IDeviceKernel KernelOf(object key, string step, Func<KernelSource> source)
    {
        if (!kernels.TryGetValue(key, out IDeviceKernel? kernel))
        {
            kernel = backend.Compile(source(), out string? refusal)
                ?? throw new DeviceException($"The kernel of step '{step}' cannot be compiled for {backend.Device}: {refusal}");
            kernels.Add(key, kernel);
        }

        return kernel;
    }

    private interface IStepWork
    {
        DevicePart ToPart(IBackend backend, DeviceRegion shared);
    }

    private sealed record PartWork(DevicePart Part) : IStepWork
    {
        public DevicePart ToPart(IBackend backend, DeviceRegion shared) => Part;
    }

    private sealed record LaunchWork(IDeviceKernel Kernel, DeviceRegion[] Operands) : IStepWork
    {
        public DevicePart ToPart(IBackend backend, DeviceRegion shared) =>
            new KernelLaunchPart(backend.Prepare(Kernel, [new KernelArguments([.. Operands], shared, [default])], 1));
    }
}
