using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
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
internal sealed class DeviceStepCompiler(ExecutionPlan plan, ConfigurationChoice choice, IBackend backend, DeviceConstants constants) : IDisposable
{
    private readonly StepOperands operands = new(plan);
    private readonly Dictionary<object, IDeviceKernel> kernels = [];
    private readonly Dictionary<IDeviceKernel, KernelSource> sources = new(ReferenceEqualityComparer.Instance);
    private bool isTaken;

    /// <summary>All kernels, each once.</summary>
    public IReadOnlyCollection<IDeviceKernel> Kernels => kernels.Values;

    /// <summary>Compiles all steps, those of cheaper forms included.</summary>
    /// <exception cref="DeviceException">The device refuses a kernel, or has not enough memory.</exception>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public ImmutableArray<DeviceStep> Run()
    {
        ImmutableArray<(int Layer, int Form)> forms = plan.Forms();
        return
        [
            .. plan.Steps.Select((step, i) =>
            {
                ImmutableArray<DeviceWork> works = [.. Works(step)];
                return new DeviceStep(step, works, [.. works.OfType<KernelWork>().Select(work => (sources[work.Kernel], work.Kernel))])
                {
                    Layer = forms[i].Layer,
                    Form = forms[i].Form,
                };
            }),
        ];
    }

    /// <summary>From now on the kernels are another's to dispose of.</summary>
    public void HandOver() => isTaken = true;

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

    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    private IEnumerable<DeviceWork> Works(PlannedStep step)
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
                yield return new KernelWork(kernel, [.. operands.Of(step, workload, room).Select(Place)]);
                break;
            case StepKind.Concat:
                int first = 0;
                foreach (Storage input in step.Inputs)
                {
                    if (input.Parent != step.Outputs[0])
                    {
                        ActivationView to = step.Outputs[0].ImageView;
                        yield return Copy(
                            step.Name, input.Extent, input.ImageView, to with { Origin = to.Origin + (first * to.Block) }, input,
                            step.Outputs[0]);
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
                foreach (DeviceWork part in Conversion(step))
                {
                    yield return part;
                }

                break;
            case StepKind.Dynamic:
                // The caller's thread does it, behind all steps.
                break;
            case StepKind.Reference:
                yield return new HostWork(new ReferenceCall(step.Plan!.Node, plan.Network.Constants, step.Inputs, step.Outputs));
                break;
            default:
                foreach (UnsearchedKernel each in operands.Unsearched(step))
                {
                    IDeviceKernel code = KernelOf(
                        (each.Workload, each.Signature), step.Name, () => KernelTemplates.Source(each.Workload, each.Signature, plan.Target));
                    yield return new KernelWork(code, [.. each.Operands.Select(Place)]);
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
            yield return new KernelWork(halo, [default, default, default, default, output]);
        }
    }

    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    private IEnumerable<DeviceWork> Conversion(PlannedStep step)
    {
        (Storage source, Storage target, Conversion conversion) = (step.Inputs[0], step.Outputs[0], step.Conversion!);
        if (source.Kind == StorageKind.Managed)
        {
            yield return new UploadWork(source);
        }

        yield return conversion.Order == ElementOrder.Line
            ? Move(step.Name, new StridedCopy(0, 0, [conversion.Extent.Columns], [1], [1], 0, 0), source, target)
            : Copy(step.Name, conversion.Extent, conversion.From, conversion.To, source, target);
        if (target.Kind == StorageKind.Managed)
        {
            yield return new DownloadWork(target);
        }
    }

    // Constants go to the device now; where values lie there is for each inference to say.
    private DeviceOperand Place(Operand operand) => new(operand.Constant is { } constant ? constants.Keep(constant) : null, operand.Storage);

    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    private KernelWork Copy(string name, Extent extent, ActivationView from, ActivationView to, Storage source, Storage target)
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

    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    private KernelWork Move(string name, StridedCopy copy, Storage source, Storage target)
    {
        string key = $"{string.Join('x', copy.Extents)} {copy.FromOrigin}+{string.Join(',', copy.FromSteps)} {copy.ToOrigin}+{string.Join(',', copy.ToSteps)}";
        IDeviceKernel kernel = KernelOf(key, name, () => CopyPrograms.Strided(copy.Extents, (copy.FromOrigin, copy.FromSteps), (copy.ToOrigin, copy.ToSteps)));
        return new KernelWork(kernel, [source, default, default, default, target]);
    }

    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    private IDeviceKernel KernelOf(object key, string step, Func<KernelSource> source)
    {
        if (!kernels.TryGetValue(key, out IDeviceKernel? kernel))
        {
            KernelSource text = source();
            kernel = backend.Compile(text).OrThrow(
                refusal => new DeviceException($"The kernel of step '{step}' cannot be compiled for {backend.Device}: {refusal}.") { IsKernelRefused = true });
            kernels.Add(key, kernel);
            sources.Add(kernel, text);
        }

        return kernel;
    }
}
