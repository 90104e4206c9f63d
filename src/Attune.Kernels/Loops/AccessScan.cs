using System.Runtime.CompilerServices;

namespace Attune.Kernels.Loops;

/// <summary>Finds the memory accesses of a block, nested ones included; accesses that differ by a constant count once, since they share a pointer.</summary>
internal sealed class AccessScan : Walker
{
    private readonly HashSet<(Buffer Buffer, Index Offset)> found = new(SameTerms);

    private AccessScan()
    {
    }

    /// <summary>Equality of accesses up to the constant of the offset.</summary>
    public static IEqualityComparer<(Buffer Buffer, Index Offset)> SameTerms { get; } = EqualityComparer<(Buffer Buffer, Index Offset)>.Create(AreEqual, Hash);

    public static HashSet<(Buffer Buffer, Index Offset)> Of(ReadOnlySpan<Statement> body)
    {
        var scan = new AccessScan();
        scan.Visit(body);
        return scan.found;
    }

    protected override void Access(Buffer buffer, Index offset) => found.Add((buffer, offset));

    private static bool AreEqual((Buffer Buffer, Index Offset) a, (Buffer Buffer, Index Offset) b)
    {
        if (a.Buffer.Position != b.Buffer.Position || a.Buffer.Element != b.Buffer.Element || a.Offset.Terms.Length != b.Offset.Terms.Length)
        {
            return false;
        }

        foreach ((LoopVariable variable, long factor) in a.Offset.Terms)
        {
            if (!b.Offset.Terms.Contains((variable, factor)))
            {
                return false;
            }
        }

        return true;
    }

    private static int Hash((Buffer Buffer, Index Offset) access)
    {
        int hash = access.Buffer.Position;
        foreach ((LoopVariable variable, long factor) in access.Offset.Terms)
        {
            hash += RuntimeHelpers.GetHashCode(variable) * (int)factor;
        }

        return hash;
    }
}
