using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <summary>An input or output as the file declares it.</summary>
/// <param name="Name">Value name.</param>
/// <param name="Element">Element type; undefined when the file does not say or the value is no dense tensor.</param>
/// <param name="Extents">Extents, null when not even the rank is declared.</param>
internal sealed record Declaration(string Name, DataType Element, IReadOnlyList<DeclaredExtent>? Extents)
{
    /// <summary>The declared type when it is complete.</summary>
    public TensorType? Static =>
        Element != DataType.Undefined && Extents is not null && Extents.All(extent => extent.Value >= 0)
            ? new TensorType(Element, new Shape([.. Extents.Select(extent => extent.Value)]))
            : null;

    /// <summary>For messages, for example Nx3x224x224.</summary>
    public string Describe() =>
        Extents is null
            ? "unknown"
            : Extents.Count == 0
            ? "scalar"
            : string.Join('x', Extents.Select(extent => extent.Value >= 0 ? extent.Value.ToString() : extent.Symbol.Length > 0 ? extent.Symbol : "?"));
}

/// <summary>One declared extent.</summary>
/// <param name="Value">The number, or -1.</param>
/// <param name="Symbol">The symbol's name when there is no number; may be empty.</param>
internal readonly record struct DeclaredExtent(long Value, string Symbol);
