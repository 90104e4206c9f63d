using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan.Narrow;
using Attune.Runtime.Weights;

namespace Attune.Runtime.Plan;

/// <summary>
/// Decides for each node whether a template runs it, in which layout, or whether the reference kernel must. Pure: looks at the node, its types and the
/// layouts its inputs are produced in.
/// </summary>
internal sealed partial class NodeClassifier(
    Network network, KernelTarget target, IReadOnlyDictionary<string, StorageKind> produced, IReadOnlySet<string> without)
{
    private readonly int lanes = target.Lanes;
    private readonly bool onGroups = target.Groups is not null;

    public NodePlan Classify(Node node) =>
        (AllFloat(node) && Template(node) is { } plan && ReadsActivations(plan) ? plan : null) ?? Reference(node);

    /// <summary>The plan of a node of which some operands are narrower than floats; null when no kernel takes them so.</summary>
    /// <param name="node">The node, with the names of its narrow values.</param>
    /// <param name="narrow">Which operands are narrow.</param>
    public NodePlan? Classify(Node node, NarrowOperands narrow) =>
        AllOf(node, narrow) && NarrowTemplate(node, narrow) is { } plan && ReadsActivations(plan) ? plan with { Narrow = narrow } : null;

    private NodePlan? Template(Node node) => node.Operator switch
    {
        FusedOperators.Convolution => Convolution(node),
        "ConvTranspose" => Transposed(node),
        FusedOperators.Dense => Dense(node),
        "MaxPool" => Pooling(node, StepKind.MaxPool),
        "AveragePool" => Pooling(node, StepKind.AveragePool),
        "GlobalAveragePool" => GlobalAverage(node),
        "ReduceMean" when ReducesImage(node) => GlobalAverage(node),
        "Add" or "Sub" or "Mul" or "Div" => Binary(node),
        "Relu" or "Sigmoid" or "Tanh" or "LeakyRelu" or "HardSigmoid" or "HardSwish" or "Clip" or "Gelu" => Activation(node),
        "Concat" => Concat(node) ?? Joined(node),
        "Slice" => Slice(node),
        "Split" => Split(node),
        "Resize" or "Upsample" => Enlargement(node),
        "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Identity" => Alias(node),
        "Softmax" when !without.Contains(Fusions.Softmax) => Softmax(node),
        FusedOperators.Attention => Attention(node),
        FusedOperators.Recurrent when !onGroups => Recurrent(node),
        "LayerNormalization" => LayerNorm(node),
        "MatMul" => Product(node),
        "Transpose" => Transpose(node),
        _ => null,
    };

    private NodePlan? Convolution(Node node, NarrowOperands? narrow = null)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        if (x.Rank is not (3 or 4) || y.Rank != x.Rank || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) || weights.Shape.Rank != x.Rank
            || WeightsOf(node) is not { } format || !EpilogueOf(node, y[1], out Epilogue epilogue) || !Multiplies(node, format, narrow))
        {
            return null;
        }

        Extent input = Extent.OfImage(x);
        Extent output = Extent.OfImage(y);
        bool line = x.Rank == 3;
        int groups = (int)node.Attributes.Int("group", 1);
        int Axis(string name, int axis, int absent) => node.Attributes.Ints(name) is { } list ? axis < list.Length ? (int)list[axis] : -1 : absent;
        Halo padding = line
            ? new Halo(0, Axis("pads", 0, 0), 0, Axis("pads", 1, 0))
            : new Halo(Axis("pads", 0, 0), Axis("pads", 1, 0), Axis("pads", 2, 0), Axis("pads", 3, 0));
        bool planar = narrow is null && groups == 1 && input.Channels < lanes && produced.GetValueOrDefault(node.Inputs[0]) != StorageKind.Blocked;
        ConvolutionWorkload workload = new ConvolutionWorkload
        {
            Batch = input.Images,
            InChannels = input.Channels,
            Height = input.Rows,
            Width = input.Columns,
            OutChannels = output.Channels,
            KernelHeight = line ? 1 : weights.Shape[2],
            KernelWidth = line ? weights.Shape[2] : weights.Shape[3],
            StrideHeight = line ? 1 : Axis("strides", 0, 1),
            StrideWidth = line ? Axis("strides", 0, 1) : Axis("strides", 1, 1),
            Padding = padding,
            DilationHeight = line ? 1 : Axis("dilations", 0, 1),
            DilationWidth = line ? Axis("dilations", 0, 1) : Axis("dilations", 1, 1),
            Groups = groups,
            InputLayout = planar ? ActivationLayout.Planar : ActivationLayout.Blocked,
            Weights = format,
            Lanes = lanes,
        }.Classified();
        workload = narrow is null ? workload : Narrowed(workload, narrow);

        // Kernels on floats read narrow weights of matrix products alone; others are widened when they are packed.
        workload = workload.AllowsNarrowWeights ? workload : workload with { Weights = WeightFormat.F32 };
        if (!Fits(workload, output, weights.Shape))
        {
            return null;
        }

        if (!workload.IsDepthwise)
        {
            int merged = GroupMerging.MergedGroups(workload);
            workload = narrow is null ? (workload with { Groups = merged }).Classified() : workload with { Groups = merged };
        }

        if (narrow is not null && !HasRoom(node, workload))
        {
            return null;
        }

        var inputs = new List<Demand>
        {
            new(node.Inputs[0], planar ? StorageKind.PaddedPlain : StorageKind.Blocked, padding, narrow?.Input(0)?.Zero ?? 0),
        };
        if (epilogue.HasResidual)
        {
            inputs.Add(new Demand(node.Inputs[3], StorageKind.Blocked));
        }

        return new NodePlan(node, StepKind.Convolution, inputs, StorageKind.Blocked)
        {
            InputExtent = input,
            OutputExtent = output,
            Workload = workload,
            Epilogue = epilogue,
        };
    }

    private NodePlan? Dense(Node node, NarrowOperands? narrow = null)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        if (x.Rank == 0 || y.Rank == 0 || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) || weights.Shape.Rank != 2
            || WeightsOf(node) is not { } format || !EpilogueOf(node, y[-1], out Epilogue epilogue) || !Multiplies(node, format, narrow))
        {
            return null;
        }

        Extent input = Extent.OfMatrix(x);
        Extent output = Extent.OfMatrix(y);
        (int reduction, int columns) = node.Attributes.Int("transB", 0) != 0 ? (1, 0) : (0, 1);
        if (weights.Shape[reduction] != input.Channels || weights.Shape[columns] != output.Channels || input.Columns != output.Columns)
        {
            return null;
        }

        ConvolutionWorkload workload = new ConvolutionWorkload
        {
            Batch = 1,
            InChannels = input.Channels,
            Height = 1,
            Width = input.Columns,
            OutChannels = output.Channels,
            InputLayout = ActivationLayout.RowMajor,
            OutputLayout = ActivationLayout.RowMajor,
            Weights = format,
            Lanes = lanes,
        }.Classified();
        workload = narrow is null ? workload : Narrowed(workload, narrow);
        if (narrow is not null && !HasRoom(node, workload))
        {
            return null;
        }

        var inputs = new List<Demand> { new(node.Inputs[0], MatrixKind(input)) };
        if (epilogue.HasResidual)
        {
            inputs.Add(new Demand(node.Inputs[3], MatrixKind(output)));
        }

        return new NodePlan(
            node, StepKind.Convolution, inputs, MatrixKind(output))
        { InputExtent = input, OutputExtent = output, Workload = workload, Epilogue = epilogue };
    }

    private NodePlan? Pooling(Node node, StepKind step, NarrowOperands? narrow = null)
    {
        Shape shape = network.TypeOf(node.Inputs[0]).Shape;
        Shape result = network.TypeOf(node.Outputs[0]).Shape;
        if (shape.Rank != 4 || result.Rank != 4 || result[0] != shape[0] || result[1] != shape[1] || node.Outputs.Count(o => o.Length > 0) != 1)
        {
            return null;
        }

        Extent input = Extent.OfImage(shape);
        Extent output = Extent.OfImage(result);
        PoolGeometry? geometry = PoolGeometry.Of(node, input, output);
        if (geometry is null)
        {
            return null;
        }

        bool average = step == StepKind.AveragePool;
        return new NodePlan(
            node, step, [new Demand(node.Inputs[0], StorageKind.Blocked, average ? geometry.Halo(input, output) : default, narrow?.Input(0)?.Zero ?? 0)],
            StorageKind.Blocked)
        {
            InputExtent = input,
            OutputExtent = output,
            Pool = geometry.Workload(input, output, lanes) with { Operation = step == StepKind.MaxPool ? PoolOperation.Maximum : PoolOperation.Average },
            PoolScale = average ? geometry.Scale(input, output, node.Attributes.Int("count_include_pad", 0) != 0) : null,
        };
    }

    private NodePlan? GlobalAverage(Node node)
    {
        Shape shape = network.TypeOf(node.Inputs[0]).Shape;
        Shape means = network.TypeOf(node.Outputs[0]).Shape;
        if (shape.Rank != 4
            || means.Rank is not (2 or 4)
            || means[0] != shape[0]
            || means[1] != shape[1]
            || means.Count != shape.Dimensions[0] * shape.Dimensions[1])
        {
            return null;
        }

        Extent input = Extent.OfImage(shape);
        return new NodePlan(node, StepKind.GlobalAverage, [new Demand(node.Inputs[0], StorageKind.Blocked)], StorageKind.Blocked)
        {
            InputExtent = input,
            OutputExtent = new Extent(input.Images, input.Channels, 1, 1),
            Pool = new PoolWorkload(
                input.Images,
                input.Channels,
                input.Rows,
                input.Columns,
                1,
                1,
                input.Rows,
                input.Columns,
                1,
                1,
                0,
                0,
                lanes)
            { Operation = PoolOperation.GlobalAverage },
        };
    }

    private NodePlan? Concat(Node node)
    {
        Shape shape = network.TypeOf(node.Outputs[0]).Shape;
        if (shape.Rank != 4
            || AxisOf(node, 1, shape) is not 1
            || !AreParts(node.Inputs, shape, 1)
            || !node.Inputs.SkipLast(1).All(i => network.TypeOf(i).Shape[1] % lanes == 0))
        {
            return null;
        }

        return new NodePlan(node, StepKind.Concat, [.. node.Inputs.Select(i => new Demand(i, StorageKind.Blocked))], StorageKind.Blocked);
    }

    private NodePlan? Alias(Node node) => network.TypeOf(node.Inputs[0]).Shape.Count == network.TypeOf(node.Outputs[0]).Shape.Count
        ? new NodePlan(node, StepKind.Alias, [new Demand(node.Inputs[0], StorageKind.Plain)], StorageKind.Plain)
        : null;

    private NodePlan? Softmax(Node node)
    {
        Shape shape = network.TypeOf(node.Outputs[0]).Shape;
        if (AxisOf(node, node.Opset >= 13 ? -1 : 1, shape) is not { } axis || !network.TypeOf(node.Inputs[0]).Shape.Equals(shape))
        {
            return null;
        }

        // Before opset 13 the axes from "axis" on are one; afterwards the axis must be the last that is not of extent 1.
        long inner = 1;
        for (int i = axis; i < shape.Rank; i++)
        {
            inner *= shape.Dimensions[i];
        }

        if (node.Opset >= 13 && inner != shape.Dimensions[axis])
        {
            return null;
        }

        return new NodePlan(node, StepKind.Softmax, [new Demand(node.Inputs[0], StorageKind.Plain)], StorageKind.Plain)
        {
            InputExtent = new Extent(1, checked((int)inner), 1, checked((int)(shape.Count / inner))),
        };
    }

    private NodePlan Reference(Node node)
    {
        IEnumerable<Demand> inputs = node.Inputs.Where(i => i.Length > 0 && !network.Constants.ContainsKey(i)).Select(i => new Demand(i, StorageKind.Managed));
        StepKind kind = node.Operator == FusedOperators.Dynamic ? StepKind.Dynamic : StepKind.Reference;
        return new NodePlan(node, kind, [.. inputs], StorageKind.Managed);
    }

    /// <summary>Templates read constants as operands of their own; a constant where they expect an activation is left to the reference kernel.</summary>
    private bool ReadsActivations(NodePlan plan) => plan.Inputs.All(input => !network.Constants.ContainsKey(input.Value));

    /// <summary>An attribute that names an axis, counted from the front; null when the shape has no such axis.</summary>
    private static int? AxisOf(Node node, long absent, Shape shape)
    {
        long axis = node.Attributes.Int("axis", absent);
        axis = axis < 0 ? axis + shape.Rank : axis;
        return axis >= 0 && axis < shape.Rank ? (int)axis : null;
    }

    /// <summary>True when weights and result have the extents that the geometry makes of the input: kernels trust them.</summary>
    private static bool Fits(ConvolutionWorkload w, Extent output, Shape weights)
    {
        bool sound = w is { KernelHeight: > 0, KernelWidth: > 0, StrideHeight: > 0, StrideWidth: > 0, DilationHeight: > 0, DilationWidth: > 0, Groups: > 0 }
            && w.Padding is { Top: >= 0, Left: >= 0, Bottom: >= 0, Right: >= 0 };
        return sound && w.InChannels % w.Groups == 0 && w.OutChannels % w.Groups == 0 && weights[0] == w.OutChannels && weights[1] == w.GroupInChannels
            && w.Height + w.Padding.Top + w.Padding.Bottom > (w.KernelHeight - 1) * w.DilationHeight
                && w.Width + w.Padding.Left + w.Padding.Right > (w.KernelWidth - 1) * w.DilationWidth
            && output == new Extent(w.Batch, w.OutChannels, w.OutHeight, w.OutWidth);
    }

    private StorageKind MatrixKind(Extent matrix) => matrix.Columns == 1 || matrix.Channels % lanes == 0 ? StorageKind.Plain : StorageKind.RowMajor;

    private bool AllFloat(Node node) =>
        node.Inputs.Where(i => i.Length > 0 && !network.Constants.ContainsKey(i)).Concat(node.Outputs.Where(o => o.Length > 0))
            .All(v => network.Types.TryGetValue(v, out TensorType? type) && type.Element == DataType.Float32 && type.Shape.Count > 0);

    private bool EpilogueOf(Node node, int channels, out Epilogue epilogue)
    {
        string bias = node.Input(2);
        string residual = node.Input(3);
        epilogue = new Epilogue(
            bias.Length > 0,
            residual.Length > 0,
            node.Attributes.Text(FusedOperators.Activation, "none"),
            node.Attributes.Float("alpha", 0),
            node.Attributes.Float("beta", 0));
        bool biasFits = bias.Length == 0
            || (network.Constants.TryGetValue(bias, out Tensor? summands) && summands.Element == DataType.Float32 && summands.Count == channels);

        // A residual that is broadcast would be read past its end.
        bool residualFits = residual.Length == 0 || network.TypeOf(residual).Shape.Equals(network.TypeOf(node.Outputs[0]).Shape);
        return biasFits && residualFits && Epilogue.Activations.Contains(epilogue.Activation);
    }

    /// <summary>How a node's weights are stored; null when no template reads them so.</summary>
    private WeightFormat? WeightsOf(Node node) =>
        network.Constants[node.Inputs[1]].Element == DataType.Float32 ? WeightFormat.F32 : NarrowWeights.Of(network, node)?.Format;

    private Epilogue? ActivationOf(Node node) => node.Operator switch
    {
        "Relu" => new Epilogue(false, false, "relu", 0, 0),
        "Sigmoid" => new Epilogue(false, false, "sigmoid", 0, 0),
        "Tanh" => new Epilogue(false, false, "tanh", 0, 0),
        "LeakyRelu" => new Epilogue(false, false, "leaky_relu", node.Attributes.Float("alpha", 0.01f), 0),
        "HardSigmoid" => new Epilogue(false, false, "hard_sigmoid", node.Attributes.Float("alpha", 0.2f), node.Attributes.Float("beta", 0.5f)),
        "Gelu" => new Epilogue(false, false, node.Attributes.Text("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu", 0, 0),
        "HardSwish" => new Epilogue(false, false, "hard_swish", 0, 0),
        "Clip" when Bound(node, 1, "min", float.NegativeInfinity) is { } low && Bound(node, 2, "max", float.PositiveInfinity) is { } high =>
            new Epilogue(false, false, "clip", low, high),
        _ => null,
    };

    private float? Bound(Node node, int input, string attribute, float absent)
    {
        string name = node.Input(input);
        if (name.Length == 0)
        {
            return node.Attributes.Float(attribute, absent);
        }

        return network.Constants.TryGetValue(name, out Tensor? bound) && bound.Data is float[] { Length: 1 } value ? value[0] : null;
    }

    private bool ReducesImage(Node node)
    {
        ImmutableArray<long>? axes = node.Attributes.Ints("axes");
        if (axes is null && network.Constants.TryGetValue(node.Input(1), out Tensor? tensor) && tensor.Data is long[] list)
        {
            axes = [.. list];
        }

        return axes is { Length: 2 } two && network.TypeOf(node.Inputs[0]).Shape.Rank == 4
            && two.Select(a => a < 0 ? a + 4 : a).Order().SequenceEqual([2L, 3L]);
    }
}
