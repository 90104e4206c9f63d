using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>A block of vector registers, addressed by constant subscripts after unrolling.</summary>
internal sealed class RegisterTile(string name, params int[] extents)
{
    public string Name { get; } = name;

    /// <summary>Elements of the vectors: 32-bit floats or integers.</summary>
    public DataType Element { get; init; } = DataType.Float32;

    public ImmutableArray<int> Extents { get; } = [.. extents];

    public int Count => Extents.Aggregate(1, (a, b) => a * b);

    public override string ToString() => Name;
}
