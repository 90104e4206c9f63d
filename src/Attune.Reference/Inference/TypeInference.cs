using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>
/// Infers element types and shapes node by node, in topological order. Small constants (shapes, axes, scales) are computed on the way,
/// because the shapes of Reshape, Slice, Expand and others depend on them. Not thread-safe; one instance per network.
/// </summary>
/// <param name="evaluator">Computes constants.</param>
/// <param name="maximumElements">Most elements that a value may have.</param>
internal sealed class TypeInference(ConstantEvaluator evaluator, long maximumElements)
{
    // Shape arithmetic is short; anything longer is a weight, which the constant folding pass deals with.
    private const long LongestPropagated = 1 << 16;

    private readonly Dictionary<string, Tensor> constants = [];

    /// <summary>What is known so far.</summary>
    public Dictionary<string, TensorType> Types { get; } = [];

    /// <summary>States the type of a value that no node computes.</summary>
    public void Define(string name, TensorType type) => Types[name] = type;

    /// <summary>States a constant.</summary>
    public void Define(string name, Tensor constant)
    {
        Types[name] = constant.Type;
        constants[name] = constant;
    }

    /// <summary>Value of a constant, stated or computed; null for anything else.</summary>
    public Tensor? ConstantOf(string name) => constants.GetValueOrDefault(name);

    /// <summary>
    /// Why the node cannot be run, as far as its attributes, types and constants tell; null when nothing stands against it, or its types are not known.
    /// </summary>
    public InferenceProblem? Refusal(Node node)
    {
        (TensorType?[] types, Tensor?[] values) = InputsOf(node, out bool known);
        NodeRefusal? refusal = known && InferenceTable.Find(node.Operator) is not null && ReferenceKernels.Default.Supports(node.Operator, node.Opset)
            ? ReferenceKernels.Default.Check(node, types, values)
            : null;
        return refusal is null ? null
            : new InferenceProblem(refusal.Unsupported ? InferenceProblemKind.Unsupported : InferenceProblemKind.Malformed, refusal.Message);
    }

    /// <summary>Infers one node. Returns why its types are unknown although those of its inputs are known; null otherwise.</summary>
    public InferenceProblem? Visit(Node node)
    {
        (TensorType?[] types, Tensor?[] values) = InputsOf(node, out bool known);
        if (!known || InferenceTable.Find(node.Operator) is not { } rule)
        {
            return null;
        }

        if (OperatorSignature.Complaint(node) is { } complaint)
        {
            return new InferenceProblem(InferenceProblemKind.Malformed, complaint);
        }

        try
        {
            TensorType[]? outputs = rule(new InferenceContext(node, types, values));
            if (outputs is not null && Array.Find(outputs, IsTooLarge) is { } large)
            {
                return new InferenceProblem(InferenceProblemKind.TooLarge, $"The result {large} has more than {maximumElements} elements.");
            }

            for (int i = 0; i < Math.Min(outputs?.Length ?? 0, node.Outputs.Length); i++)
            {
                Store(node.Outputs[i], outputs![i]);
            }

            bool computed = Compute(node, types, values, outputs);
            return outputs is not null || computed
                ? null
                : new InferenceProblem(InferenceProblemKind.DataDependent, "The shape of the result depends on data that are known only at run time.");
        }
        catch (Exception error) when (ConstantEvaluator.IsComplaint(error))
        {
            string message = error is InferenceException or InvalidNodeException ? error.Message : $"The operator is malformed: {error.Message}";
            return new InferenceProblem(InferenceProblemKind.Malformed, message);
        }
    }

    private (TensorType?[] Types, Tensor?[] Values) InputsOf(Node node, out bool known)
    {
        known = true;
        var types = new TensorType?[node.Inputs.Length];
        var values = new Tensor?[node.Inputs.Length];
        for (int i = 0; i < types.Length && known; i++)
        {
            if (node.Inputs[i].Length > 0)
            {
                known = Types.TryGetValue(node.Inputs[i], out types[i]);
                values[i] = constants.GetValueOrDefault(node.Inputs[i]);
            }
        }

        return (types, values);
    }

    private bool IsTooLarge(TensorType type)
    {
        long count = 1;
        foreach (long extent in type.Shape.Dimensions)
        {
            // An extent counts even where another one is zero: axes are numbered by 32-bit integers.
            if (extent > maximumElements || (extent > 0 && count > maximumElements / extent))
            {
                return true;
            }

            count *= extent;
        }

        return false;
    }

    private void Store(string name, TensorType type)
    {
        if (name.Length > 0)
        {
            Types[name] = type;
        }
    }

    private bool Compute(Node node, TensorType?[] types, Tensor?[] values, TensorType[]? outputs)
    {
        Tensor[]? results = null;
        if (node.Operator is "Shape" or "Size" && types.Length > 0 && types[0] is { } type)
        {
            results = [ShapeRules.Evaluate(node, type.Shape)];
        }
        else if (node.Operator == "Constant")
        {
            results = ShapeRules.ConstantValue(node) is { } value ? [value] : null;
        }
        else if (outputs is null || outputs.Sum(output => output.Shape.Count) <= LongestPropagated)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] is null && types[i] is not null)
                {
                    return false;
                }
            }

            results = evaluator.Evaluate(node, values);
        }

        for (int i = 0; i < Math.Min(results?.Length ?? 0, node.Outputs.Length); i++)
        {
            if (node.Outputs[i].Length > 0 && results![i] is { } result)
            {
                Define(node.Outputs[i], result);
            }
        }

        return results is not null;
    }
}
