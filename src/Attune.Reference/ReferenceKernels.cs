using Attune.Kernels;
using Attune.Reference.Operators;

namespace Attune.Reference;

/// <summary>
/// The oracle of everything else: operators in plain scalar managed code written to be evidently right. Sums of floating-point
/// products are kept in double precision and rounded once. Single-threaded, deterministic, immutable.
/// </summary>
internal sealed class ReferenceKernels
{
    /// <summary>Newest operator set of ONNX whose operators are known.</summary>
    public const int NewestOpset = 26;

    private const int OldestOpset = 1;

    // Every operator that a network can hold, which are those whose types can be inferred.
    private static readonly Action<KernelTable>[] Families =
    [
        UnaryKernels.Register, ActivationKernels.Register, BinaryKernels.Register, ComparisonKernels.Register, MatrixKernels.Register,
        ConvolutionKernels.Register,
        PoolingKernels.Register, NormalisationKernels.Register, ReductionKernels.Register, SoftmaxKernels.Register, ShapeKernels.Register,
        GeneratorKernels.Register,
        LayoutKernels.Register, SelectionKernels.Register, GatherKernels.Register, ScatterKernels.Register, OrderKernels.Register, QuantisationKernels.Register,
        ResizeKernels.Register, GridSampleKernel.Register, EinsumKernel.Register, LossKernels.Register, FusedKernels.Register, AttentionKernel.Register,
        RecurrentKernels.Register, ContributedKernels.Register, BlockedWeights.Register, DeterminantKernel.Register,
        UnpoolingKernel.Register, SignalKernels.Register,
        VisionKernels.Register, DeformableKernel.Register, CacheKernels.Register, TreeKernels.Register,
    ];

    private readonly KernelTable table = new();

    private ReferenceKernels(IEnumerable<Action<KernelTable>> families)
    {
        foreach (Action<KernelTable> register in families)
        {
            register(table);
        }

        Operators = [.. table.Operators()];
    }

    /// <summary>Kernels of all operators that a network can hold.</summary>
    public static ReferenceKernels Default { get; } = new(Families);

    /// <summary>Names of all operators with a kernel, sorted.</summary>
    public IReadOnlyList<string> Operators { get; }

    /// <summary>These kernels and further ones, for operators that only single nodes are run of.</summary>
    /// <param name="families">Each adds the kernels of some operators.</param>
    internal static ReferenceKernels DefaultWith(params Action<KernelTable>[] families) => new([.. Families, .. families]);

    /// <summary>
    /// True when a kernel exists for the operator in this operator set (1 to 26). Whether it takes a certain node is what <see cref="Check"/> tells.
    /// </summary>
    public bool Supports(string op, int opset) =>
        opset is >= OldestOpset and <= NewestOpset && table.Find(op) is not null;

    /// <summary>Why a node would be refused, whatever its data; null when nothing is known to stand against it.</summary>
    /// <param name="node">Operator, operator set version, attributes and wanted outputs.</param>
    /// <param name="types">Type of every input, null where an optional input is omitted.</param>
    /// <param name="values">
    /// Value of every input that is a constant, null where there is none. What depends on other values is seen only when the node runs.
    /// </param>
    /// <returns>What <see cref="Run"/> would fail with; null promises that it fails for nothing but the values of its inputs.</returns>
    public NodeRefusal? Check(Node node, IReadOnlyList<TensorType?> types, IReadOnlyList<Tensor?> values)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(values);
        try
        {
            KernelTable.Entry entry = EntryOf(node);
            Admit(entry, entry.Widens ? new WidenedFacts(node, types, values) : new NodeFacts(node, types, values));
            return null;
        }
        catch (UnsupportedOperatorException missing)
        {
            return new NodeRefusal(Unsupported: true, missing.Message);
        }
        catch (Exception failure) when (IsOfTheModel(failure))
        {
            return new NodeRefusal(Unsupported: false, Invalid(node, failure).Message);
        }
    }

    /// <summary>Computes the outputs of one node, in the node's order and number.</summary>
    /// <param name="node">Operator, operator set version and attributes; names of its values serve messages and say which outputs are wanted.</param>
    /// <param name="inputs">One tensor for every input, null where an optional input is omitted. Not modified; outputs may share their elements.</param>
    /// <exception cref="UnsupportedOperatorException">No kernel, or not for these attributes or element types.</exception>
    /// <exception cref="InvalidNodeException">Inputs or attributes contradict the operator's definition.</exception>
    public Tensor[] Run(Node node, IReadOnlyList<Tensor?> inputs)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(inputs);
        KernelTable.Entry entry = EntryOf(node);
        try
        {
            inputs = FusedKernels.WithWideWeights(node, inputs);
            Tensor[] outputs = entry.Widens ? RunWidened(entry, node, inputs) : Admitted(entry, new KernelCall(node, inputs));
            return outputs.Length <= node.Outputs.Length ? outputs : outputs[..node.Outputs.Length];
        }
        catch (Exception failure) when (failure is not UnsupportedOperatorException && IsOfTheModel(failure))
        {
            throw Invalid(node, failure);
        }
    }

    // Values inside tensors and attributes can break any of a hundred small rules; whichever it is, the model is at fault, not the caller.
    private static bool IsOfTheModel(Exception failure) =>
        failure is ArgumentException or ArithmeticException or InvalidCastException or IndexOutOfRangeException or InvalidOperationException or FormatException
            or OutOfMemoryException;

    private static InvalidNodeException Invalid(Node node, Exception failure) => failure as InvalidNodeException ?? new InvalidNodeException(
        node,
        failure switch
        {
            DivideByZeroException division when division.Message == new DivideByZeroException().Message => "an integer is divided by zero",
            OverflowException overflow when overflow.Message == new OverflowException().Message => "an extent, index or quotient is out of range",
            InvalidCastException => "an attribute has another kind than the operator defines",
            OutOfMemoryException => "its tensors do not fit into memory",
            ArgumentException { ParamName: string parameter } argument => argument.Message.Replace($" (Parameter '{parameter}')", string.Empty),
            _ => failure.Message,
        },
        failure);

    private KernelTable.Entry EntryOf(Node node)
    {
        if (table.Find(node.Operator) is not KernelTable.Entry entry)
        {
            throw new UnsupportedOperatorException(node.Operator, $"there is no reference kernel (node '{node.Name}').");
        }

        return Supports(node.Operator, node.Opset)
            ? entry
            : throw new UnsupportedOperatorException(
                node.Operator, $"operator set {node.Opset} is outside {OldestOpset} to {NewestOpset} (node '{node.Name}').");
    }

    /// <summary>The conditions under which the node may run.</summary>
    private static void Admit(KernelTable.Entry entry, NodeFacts facts)
    {
        AttributeKinds.Verify(facts);
        entry.Guard(facts);
        int computed = entry.Outputs(facts);
        for (int output = computed; output < facts.Node.Outputs.Length; output++)
        {
            if (facts.Wants(output))
            {
                throw facts.Unsupported($"output {output} is not computed");
            }
        }
    }

    private static Tensor[] Admitted(KernelTable.Entry entry, KernelCall call)
    {
        Admit(entry, call);
        return entry.Kernel(call);
    }

    private static Tensor[] RunWidened(KernelTable.Entry entry, Node node, IReadOnlyList<Tensor?> inputs)
    {
        if (!inputs.Any(input => input?.Element is DataType.Float16 or DataType.BFloat16))
        {
            return Admitted(entry, new KernelCall(node, inputs));
        }

        // Operators that take floats of several types (the region of Resize, the statistics of a normalisation) give those of the first.
        DataType result = inputs.First(input => input?.Element is DataType.Float16 or DataType.BFloat16 or DataType.Float32 or DataType.Float64)!.Element;
        Tensor?[] wide = [.. inputs.Select(
            input => input?.Element is DataType.Float16 or DataType.BFloat16 ? Numbers.Convert(input, DataType.Float32) : input)];
        Tensor[] outputs = Admitted(entry, new KernelCall(node, wide));
        return [.. outputs.Select(
            output => output.Element == DataType.Float32 && result is DataType.Float16 or DataType.BFloat16 ? Numbers.Convert(output, result) : output)];
    }
}
