using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <summary>A graph as read, before its shapes are known: nodes in file order, nothing checked yet but the tensors.</summary>
internal sealed record RawGraph(
    string Name,
    ImmutableArray<Declaration> Inputs,
    ImmutableArray<Declaration> Outputs,
    ImmutableArray<Node> Nodes,
    ImmutableDictionary<string, Tensor> Constants)
{
    /// <summary>Operator set of ONNX's default domain.</summary>
    public int Opset { get; init; } = 13;

    /// <summary>The format's numbers of element types that are narrower than bytes, of inputs and constants of the whole model.</summary>
    public IReadOnlyDictionary<string, int> Narrow { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Initialisers that are there but could not be read; each has a fault already, so that their readers need none.</summary>
    public ImmutableArray<string> Unreadable { get; init; } = [];

    /// <summary>The graph with some inputs as constants.</summary>
    public RawGraph With(ImmutableDictionary<string, Tensor> values) => values.IsEmpty
        ? this
        : this with { Inputs = [.. Inputs.Where(input => !values.ContainsKey(input.Name))], Constants = Constants.SetItems(values) };
}
