using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Recurrent;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Narrow;

namespace Attune.Runtime.Execution;

/// <content>Kernels without a space of configurations.</content>
internal sealed partial class StepOperands
{
    /// <summary>The kernels of a step that has no configurations, one after the other.</summary>
    /// <exception cref="InvalidOperationException">The step has no kernel.</exception>
    public IEnumerable<UnsearchedKernel> Unsearched(PlannedStep step)
    {
        NodePlan node = step.Plan!;
        Storage output = step.Outputs[0];
        Extent matrix = node.InputExtent;
        switch (step.Kind)
        {
            case StepKind.MaxPool or StepKind.AveragePool or StepKind.GlobalAverage:
                Operand scale = node.PoolScale is { } numbers && step.Kind == StepKind.AveragePool ? Keep(numbers) : Operand.None;
                KernelSignature images = KernelSignature.Dense with
                {
                    Input = step.Inputs[0].ImageView,
                    Output = output.ImageView,
                    InputScale = node.Narrow?.Input(0)?.Scale,
                    OutputScale = node.Narrow?.Output?.Scale,
                    InputElement = Unscaled(node.Narrow?.Input(0)),
                    OutputElement = Unscaled(node.Narrow?.Output),
                };
                return [new(node.Pool!, images, [step.Inputs[0], scale, output])];
            case StepKind.Elementwise:
                return [Elementwise(step)];
            case StepKind.Enlarge:
                return Enlargement(step);
            case StepKind.Softmax:
                return [Dense(
                    new RowWorkload(RowOperation.Softmax, matrix.Columns, matrix.Channels, 0, plan.Lanes), step.Inputs[0], Operand.None, Operand.None, output)];
            case StepKind.LayerNorm:
                var norm = new RowWorkload(RowOperation.LayerNormalization, matrix.Columns, matrix.Channels, node.Epsilon, plan.Lanes);
                return [Dense(norm, step.Inputs[0], Padded(node.Node.Input(1), matrix.Channels), Padded(node.Node.Input(2), matrix.Channels), output)];
            case StepKind.MatMul:
                return [Dense(node.Product!, step.Inputs[0], step.Inputs[1], output)];
            case StepKind.Attention:
                return [Dense(node.Attention!, step.Inputs[0], step.Inputs[1], step.Inputs[2], MaskOf(step), output)];
            default:
                throw new InvalidOperationException($"Step '{step.Name}' of kind {step.Kind} has no kernel of its own.");
        }
    }

    /// <summary>The kernel of a recurrent layer for so many threads, and where its states come from and go to.</summary>
    public (UnsearchedKernel Kernel, RecurrentStates States) Recurrent(PlannedStep step, int members)
    {
        Node node = step.Plan!.Node;
        RecurrentWorkload whole = step.Plan.Recurrent!;
        int parts = Math.Clamp(members / whole.Directions, 1, whole.Batch);
        while (whole.Batch % parts > 0)
        {
            parts--;
        }

        RecurrentWorkload workload = whole with { Parts = parts };
        var tiles = RecurrentTiles.Of(workload, plan.Target);
        ReadOnlySpan<float> bias = node.Input(2).Length == 0 ? [] : plan.Network.Constants[node.Input(2)].Elements<float>();
        Operand weights = Keep(tiles.Pack(plan.Network.Constants[node.Inputs[1]].Elements<float>(), bias));
        Storage?[] outputs = [null, null, null];
        int next = 0;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            outputs[i] = node.Outputs[i].Length > 0 ? step.Outputs[next++] : null;
        }

        Operand Output(int index) => outputs[index] is { } storage ? storage : Operand.None;
        KernelSignature signature = KernelSignature.Dense with { Input = step.Inputs[0].MatrixView };
        return (
            new UnsearchedKernel(workload, signature, [step.Inputs[0], weights, Operand.None, Operand.None, Output(0)]),
            new RecurrentStates(workload, tiles, StateOf(step, 3, 1), StateOf(step, 4, HasValue(node.Input(3)) ? 2 : 1), Output(1), Output(2)));
    }

    /// <summary>An initial state: a constant, or one of the values that the step reads; nothing for zeros.</summary>
    private Operand StateOf(PlannedStep step, int input, int position)
    {
        string state = step.Plan!.Node.Input(input);
        return HasValue(state) ? step.Inputs[position]
            : state.Length > 0 ? Keep(plan.Network.Constants[state].Elements<float>())
            : Operand.None;
    }

    private bool HasValue(string name) => name.Length > 0 && !plan.Network.Constants.ContainsKey(name);

    // Bytes have a scale instead.
    private static DataType Unscaled(NarrowForm? form) => form is { Scale: null } brain ? brain.Element : DataType.Float32;

    private static UnsearchedKernel Dense(Workload workload, params Operand[] operands) => new(workload, KernelSignature.Dense, operands);

    private UnsearchedKernel Elementwise(PlannedStep step)
    {
        NodePlan node = step.Plan!;
        var views = ElementwiseViews.Of(step, plan.Lanes);
        Operand wide = step.Inputs[0];
        Operand other = node.Broadcast?.Numbers is { } numbers ? Keep(numbers) : step.Inputs[^1];
        bool swapped = node.Broadcast is { IsFirst: true };
        (Operand Operand, ActivationView View) left = swapped ? (other, views.Other) : (wide, views.Wide);
        (Operand Operand, ActivationView View) right = swapped ? (wide, views.Wide) : (other, views.Other);
        var signature = new KernelSignature(left.View, right.View, views.Output, node.Epilogue)
        {
            InputScale = node.Narrow?.Input(0)?.Scale,
            ResidualScale = node.Narrow?.Input(1)?.Scale,
            OutputScale = node.Narrow?.Output?.Scale,
            InputElement = Unscaled(node.Narrow?.Input(0)),
            ResidualElement = Unscaled(node.Narrow?.Input(1)),
            OutputElement = Unscaled(node.Narrow?.Output),
        };
        (ElementwiseExtent visited, signature) = views.IsDense ? (views.Visited, signature) : ElementwiseRows.Of(views.Visited, signature, plan.Lanes);
        var workload = new ElementwiseWorkload(node.Operation, node.Epilogue, visited, plan.Lanes);
        return new UnsearchedKernel(workload, signature, [left.Operand, right.Operand, step.Outputs[0]]);
    }

    /// <summary>One kernel for each column of the factor; each writes every row of it. Images and channel blocks are one axis where memory allows.</summary>
    private IEnumerable<UnsearchedKernel> Enlargement(PlannedStep step)
    {
        Extent from = step.Plan!.InputExtent;
        Extent to = step.Plan.OutputExtent;
        int down = to.Rows / from.Rows;
        int across = to.Columns / from.Columns;
        int blocks = (from.Channels + plan.Lanes - 1) / plan.Lanes;
        ActivationView input = step.Inputs[0].ImageView;
        ActivationView output = step.Outputs[0].ImageView;
        bool joined = from.Images == 1 || (input.Batch == blocks * input.Block && output.Batch == blocks * output.Block);
        var visited = new ElementwiseExtent(joined ? from.Images * blocks : blocks, from.Rows, down, from.Columns);
        var workload = new ElementwiseWorkload(null, step.Plan.Epilogue, visited, plan.Lanes);
        for (int image = 0; image < (joined ? 1 : from.Images); image++)
        {
            var read = new ActivationView(input.Origin + (image * input.Batch), input.Block, input.Row, 1, 0, input.Pixel);
            for (int column = 0; column < across; column++)
            {
                var written = new ActivationView(
                    output.Origin + (image * output.Batch) + (column * output.Pixel), output.Block, down * output.Row, 1, output.Row, across * output.Pixel);
                var signature = new KernelSignature(read, read, written, step.Plan.Epilogue)
                {
                    InputScale = step.Plan.Narrow?.Input(0)?.Scale,
                    OutputScale = step.Plan.Narrow?.Output?.Scale,
                    InputElement = Unscaled(step.Plan.Narrow?.Input(0)),
                    OutputElement = Unscaled(step.Plan.Narrow?.Output),
                };
                yield return new UnsearchedKernel(workload, signature, [step.Inputs[0], step.Inputs[0], step.Outputs[0]]);
            }
        }
    }

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
