using System.Collections.Concurrent;
using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <content>Kernels without a space of configurations; equal ones are compiled once.</content>
internal sealed partial class StepCompiler
{
    private readonly ConcurrentDictionary<Workload, Lazy<CompiledKernel>> fixedKernels = new();

    private (CompiledKernel Kernel, Operand[] Operands) Unsearched(PlannedStep step)
    {
        NodePlan node = step.Plan!;
        Storage output = step.Outputs[0];
        Extent matrix = node.InputExtent;
        switch (step.Kind)
        {
            case StepKind.Softmax:
                return (
                    Fixed(new RowWorkload(RowOperation.Softmax, matrix.Columns, matrix.Channels, 0, plan.Lanes)),
                    [step.Inputs[0], Operand.None, Operand.None, output]);
            case StepKind.LayerNorm:
                CompiledKernel norm = Fixed(new RowWorkload(RowOperation.LayerNormalization, matrix.Columns, matrix.Channels, node.Epsilon, plan.Lanes));
                return (norm, [step.Inputs[0], Padded(node.Node.Input(1), matrix.Channels), Padded(node.Node.Input(2), matrix.Channels), output]);
            case StepKind.MatMul:
                return (Fixed(node.Product!), [step.Inputs[0], step.Inputs[1], output]);
            case StepKind.Attention:
                Operand[] operands = [step.Inputs[0], step.Inputs[1], step.Inputs[2], MaskOf(step), output];
                return (Fixed(node.Attention!), operands);
            default:
                throw new InvalidOperationException($"Step '{step.Name}' of kind {step.Kind} has no kernel of its own.");
        }
    }

    private CompiledKernel Fixed(Workload workload) =>
        fixedKernels.GetOrAdd(workload, _ => new Lazy<CompiledKernel>(() => KernelTemplates.Compile(workload, KernelSignature.Dense, plan.Target))).Value;

    private Operand MaskOf(PlannedStep step)
    {
        string mask = step.Plan!.Node.Input(3);
        return mask.Length == 0
            ? Operand.None
            : plan.Network.Constants.TryGetValue(mask, out Tensor? constant)
            ? Keep(constant.Elements<float>())
            : step.Inputs[3];
    }

    /// <summary>A vector of constants with zeros up to whole vectors; all zeros when the operand is omitted.</summary>
    private Operand Padded(string value, int count)
    {
        var padded = new float[(count + plan.Lanes - 1) / plan.Lanes * plan.Lanes];
        if (value.Length > 0)
        {
            plan.Network.Constants[value].Elements<float>().CopyTo(padded, 0);
        }

        return Keep(padded);
    }
}
