using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>
/// Runs single operators on constants through an injected kernel. Operators of untrusted models may be ill-formed in ways that only the
/// kernel notices; its complaint then means "not a constant" and the node stays as it is.
/// </summary>
/// <param name="run">Outputs of a node from its inputs; null for what it does not know.</param>
internal sealed class ConstantEvaluator(Func<Node, IReadOnlyList<Tensor?>, Tensor[]?> run)
{
    /// <summary>The reference kernels.</summary>
    public static readonly ConstantEvaluator Default = new(static (node, inputs) =>
        ReferenceKernels.Default.Supports(node.Operator, node.Opset) ? ReferenceKernels.Default.Run(node, inputs) : null);

    /// <summary>Computes nothing: for networks whose constants are folded, from files that might ask for endless computations.</summary>
    public static readonly ConstantEvaluator None = new(static (_, _) => null);

    /// <summary>The outputs, or null when the operator has no kernel or refuses the inputs.</summary>
    public Tensor[]? Run(Node node, IReadOnlyList<Tensor?> inputs)
    {
        try
        {
            return run(node, inputs);
        }
        catch (Exception error) when (IsComplaint(error))
        {
            return null;
        }
    }

    /// <summary>As <see cref="Run"/>, but constants that contradict the operator's definition are told: they would end every run of the model.</summary>
    /// <exception cref="InvalidNodeException">The kernel refuses the inputs' values.</exception>
    public Tensor[]? Evaluate(Node node, IReadOnlyList<Tensor?> inputs)
    {
        try
        {
            return run(node, inputs);
        }
        catch (Exception error) when (error is not InvalidNodeException && IsComplaint(error))
        {
            return null;
        }
    }

    /// <summary>Exceptions by which code for well-formed operators refuses ill-formed ones.</summary>
    public static bool IsComplaint(Exception error) =>
        error is InferenceException or ArgumentException or InvalidOperationException or InvalidCastException or ArithmeticException
            or IndexOutOfRangeException or NotSupportedException or FormatException or KeyNotFoundException or InvalidDataException
            or UnsupportedOperatorException;
}
