using Attune.Kernels;

namespace Attune.Reference;

/// <summary>
/// One application of an operator: the node and all its inputs, with access to both that turns malformed models into messages that name the node.
/// </summary>
internal sealed class KernelCall(Node node, IReadOnlyList<Tensor?> inputs)
    : NodeFacts(node, [.. inputs.Select(static input => input?.Type)], inputs)
{
    /// <summary>A required input.</summary>
    public Tensor Input(int index) => Optional(index) ?? throw Malformed($"input {index} is missing");

    /// <summary>An input that may be omitted.</summary>
    public Tensor? Optional(int index) => Known(index);

    /// <summary>All inputs of a variadic operator.</summary>
    public Tensor[] AllInputs() => [.. Enumerable.Range(0, InputCount).Select(Input)];
}
