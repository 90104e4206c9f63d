using Attune.Kernels;
using Attune.Passes.Quantised;
using Attune.Reference.Inference;

namespace Attune.Passes;

/// <summary>
/// Computes nodes whose inputs are all constants, and Shape and Size of values of known type, through the reference kernels. Results above
/// a size limit, and all once enough elements came out of few, stay unfolded, so that a small model cannot unfold into gigabytes.
/// </summary>
public sealed class ConstantFolding : IGraphPass
{
    private const long LargestResult = 1 << 26;
    private const long LargestGrowth = 1L << 28;

    private readonly ConstantEvaluator evaluator;

    /// <summary>Folds through the reference kernels.</summary>
    public ConstantFolding() => evaluator = ConstantEvaluator.Default;

    /// <summary>Folds through a kernel of the caller's choice, which returns null for what it does not know.</summary>
    public ConstantFolding(Func<Node, IReadOnlyList<Tensor?>, Tensor[]?> kernel) => evaluator = new ConstantEvaluator(kernel);

    /// <summary>
    /// Whether loads of constant bytes that are the weights of a convolution or matrix product stay, for <see cref="WeightedFusion"/> to keep them as bytes
    /// where that helps, and to fold them where it does not.
    /// </summary>
    internal bool LeavesQuantisedWeights { get; init; }

    /// <inheritdoc/>
    public string Name => "constant folding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        long grown = 0;
        for (int i = 0; i < editor.Count && grown < LargestGrowth; i++)
        {
            Node node = editor[i]!;
            if (Fold(editor, node) is not { } results)
            {
                continue;
            }

            // Weights may be as large as they are in the file; what counts is what is made of less.
            long made = node.Operator == "Constant"
                ? 0
                : results.Sum(static result => (long)result.Count) - node.Inputs.Sum(input => (long)(editor.Constant(input)?.Count ?? 0));
            grown += Math.Max(0, made);
            editor.Remove(i);
            for (int output = 0; output < node.Outputs.Length; output++)
            {
                if (node.Outputs[output].Length > 0)
                {
                    editor.MakeConstant(node.Outputs[output], results[output]);
                }
            }
        }

        return editor.Build();
    }

    private Tensor[]? Fold(NetworkEditor editor, Node node)
    {
        if (LeavesQuantisedWeights && QuantisedWeights.IsOfLayer(editor, node))
        {
            return null;
        }

        if (node.Operator is "Shape" or "Size")
        {
            return editor.TypeOf(node.Input(0)) is { } type ? [ShapeRules.Evaluate(node, type.Shape)] : null;
        }

        if (node.Operator is "Constant")
        {
            return ShapeRules.ConstantValue(node) is { } value ? [value] : null;
        }

        var inputs = new Tensor?[node.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (node.Inputs[i].Length > 0 && (inputs[i] = editor.Constant(node.Inputs[i])) is null)
            {
                return null;
            }
        }

        foreach (string output in node.Outputs.Where(output => output.Length > 0))
        {
            if (editor.TypeOf(output) is { } type && type.Shape.Count > LargestResult)
            {
                return null;
            }
        }

        Tensor[]? results = evaluator.Run(node, inputs);
        return results is not null && results.Length >= node.Outputs.Length ? results : null;
    }
}
