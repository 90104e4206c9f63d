using System.Runtime.InteropServices;

namespace Attune.Design.Search;

/// <summary>Gene vectors are equal when their values are.</summary>
internal sealed class GeneEquality : IEqualityComparer<int[]>
{
    public static readonly GeneEquality Instance = new();

    public bool Equals(int[]? x, int[]? y) => x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(obj.AsSpan()));
        return hash.ToHashCode();
    }
}
