using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>An input of a model whose extents may be open.</summary>
/// <param name="Name">Value name.</param>
/// <param name="Element">Element type.</param>
/// <param name="Extents">Its extents; null when not even the rank is fixed.</param>
public sealed record OpenInput(string Name, DataType Element, ImmutableArray<OpenExtent>? Extents)
{
    /// <summary>For example Float32[batchx3xHxW].</summary>
    public override string ToString() => $"{Element}[{(Extents is { } extents ? string.Join('x', extents.Select(Text)) : "any")}]";

    /// <summary>Why a type is not admissible, as half a sentence; null when it is.</summary>
    /// <param name="type">The type given.</param>
    /// <param name="symbols">Extents of the names met so far; those of this input are added.</param>
    internal string? Complaint(TensorType type, IDictionary<string, long> symbols)
    {
        if (type.Element != Element || (Extents is { } declared && declared.Length != type.Shape.Rank))
        {
            return $"it must be {this}, but the tensor is {type}";
        }

        for (int axis = 0; axis < (Extents?.Length ?? 0); axis++)
        {
            (long value, string symbol) = Extents!.Value[axis];
            long given = type.Shape.Dimensions[axis];
            if (value >= 0 && value != given)
            {
                return $"it must be {this}, but the tensor is {type}";
            }

            if (value < 0 && symbol.Length > 0 && symbols.TryGetValue(symbol, out long other) && other != given)
            {
                return $"its extent '{symbol}' is {given}, but another input has {other} there";
            }

            if (value < 0 && symbol.Length > 0)
            {
                symbols[symbol] = given;
            }
        }

        return null;
    }

    private static string Text(OpenExtent extent) => extent.Value >= 0 ? $"{extent.Value}" : extent.Symbol.Length > 0 ? extent.Symbol : "?";
}
