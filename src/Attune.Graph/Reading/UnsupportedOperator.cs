using System.Collections.Immutable;

namespace Attune.Graph.Reading;

/// <summary>An operator that a model uses and that cannot be run.</summary>
/// <param name="Operator">Name, with its domain and a dot in front unless it is ONNX's default domain.</param>
/// <param name="Opset">Version of the operator set.</param>
/// <param name="Nodes">Names of the nodes that use it.</param>
public sealed record UnsupportedOperator(string Operator, int Opset, ImmutableArray<string> Nodes)
{
    /// <summary>For example "STFT (opset 17) x2: a, b".</summary>
    public override string ToString() =>
        $"{Operator} (opset {Opset}) x{Nodes.Length}: {string.Join(", ", Nodes.Take(5))}{(Nodes.Length > 5 ? ", ..." : string.Empty)}";
}
