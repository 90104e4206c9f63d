namespace Attune.Kernels.Reference;

/// <summary>
/// The oracle of everything else: every operator we accept, in plain scalar managed code written to be evidently right. Sums of floating-point
/// products are kept in double precision and rounded once. Single-threaded, deterministic, free of state.
/// </summary>
public static class ReferenceKernels
{
    private const int OldestOpset = 1;
    private const int NewestOpset = 21;

    private static readonly KernelTable Table = BuildTable();

    /// <summary>Names of all operators with a reference kernel, sorted.</summary>
    public static IReadOnlyList<string> Operators { get; } = [.. Table.Operators()];

    /// <summary>True when a kernel exists for the operator in this operator set (1 to 21). A kernel may still refuse a rare combination of attributes.</summary>
    public static bool Supports(string op, int opset) =>
        opset is >= OldestOpset and <= NewestOpset && Table.Find(op) is not null;

    /// <summary>Computes the outputs of one node, in the node's order and number.</summary>
    /// <param name="node">Operator, operator set version and attributes; names of its values serve messages and say which outputs are wanted.</param>
    /// <param name="inputs">One tensor for every input, null where an optional input is omitted. Not modified; outputs may share their elements.</param>
    /// <exception cref="UnsupportedOperatorException">No kernel, or not for these attributes or element types.</exception>
    /// <exception cref="ArgumentException">Inputs or attributes contradict the operator's definition.</exception>
    public static Tensor[] Run(Node node, IReadOnlyList<Tensor?> inputs)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(inputs);
        if (Table.Find(node.Operator) is not KernelTable.Entry entry)
        {
            throw new UnsupportedOperatorException(node.Operator, $"there is no reference kernel (node '{node.Name}').");
        }

        if (!Supports(node.Operator, node.Opset))
        {
            throw new UnsupportedOperatorException(node.Operator, $"operator set {node.Opset} is outside {OldestOpset} to {NewestOpset} (node '{node.Name}').");
        }

        try
        {
            inputs = FusedKernels.WithWideWeights(node, inputs);
            Tensor[] outputs = entry.Widens ? RunWidened(entry.Kernel, node, inputs) : entry.Kernel(new KernelCall(node, inputs));
            return Fit(node, outputs);
        }
        catch (Exception failure) when (failure is ArithmeticException or InvalidCastException or IndexOutOfRangeException or InvalidOperationException or FormatException or OutOfMemoryException)
        {
            // Values inside tensors and attributes can break any of a hundred small rules; whichever it is, the model is at fault, not the caller.
            throw new ArgumentException($"Node '{node.Name}' ({node.Operator}) cannot be computed: {failure.Message}", nameof(inputs), failure);
        }
    }

    private static Tensor[] RunWidened(Kernel kernel, Node node, IReadOnlyList<Tensor?> inputs)
    {
        DataType narrow = inputs.FirstOrDefault(input => input?.Element is DataType.Float16 or DataType.BFloat16)?.Element ?? DataType.Undefined;
        if (narrow == DataType.Undefined)
        {
            return kernel(new KernelCall(node, inputs));
        }

        Tensor?[] wide = [.. inputs.Select(input => input?.Element is DataType.Float16 or DataType.BFloat16 ? Numbers.Convert(input, DataType.Float32) : input)];
        Tensor[] outputs = kernel(new KernelCall(node, wide));
        return [.. outputs.Select(output => output.Element == DataType.Float32 ? Numbers.Convert(output, narrow) : output)];
    }

    private static Tensor[] Fit(Node node, Tensor[] outputs)
    {
        for (int index = outputs.Length; index < node.Outputs.Length; index++)
        {
            if (node.Outputs[index].Length > 0)
            {
                throw new UnsupportedOperatorException(node.Operator, $"output {index} is not computed (node '{node.Name}').");
            }
        }

        return outputs.Length <= node.Outputs.Length ? outputs : outputs[..node.Outputs.Length];
    }

    private static KernelTable BuildTable()
    {
        var table = new KernelTable();
        UnaryKernels.Register(table);
        ActivationKernels.Register(table);
        BinaryKernels.Register(table);
        ComparisonKernels.Register(table);
        MatrixKernels.Register(table);
        ConvolutionKernels.Register(table);
        PoolingKernels.Register(table);
        NormalisationKernels.Register(table);
        ReductionKernels.Register(table);
        SoftmaxKernels.Register(table);
        ShapeKernels.Register(table);
        LayoutKernels.Register(table);
        SelectionKernels.Register(table);
        GatherKernels.Register(table);
        ScatterKernels.Register(table);
        OrderKernels.Register(table);
        QuantisationKernels.Register(table);
        ResizeKernels.Register(table);
        VisionKernels.Register(table);
        SignalKernels.Register(table);
        EinsumKernel.Register(table);
        RecurrentKernels.Register(table);
        LossKernels.Register(table);
        OptimiserKernels.Register(table);
        TextKernels.Register(table);
        FusedKernels.Register(table);
        AttentionKernel.Register(table);
        return table;
    }
}
