using System.Runtime.CompilerServices;

namespace Attune.Kernels.Loops;

/// <summary>Finds the memory accesses of a block, nested ones included; accesses that differ by a constant count once, since they share a pointer.</summary>
internal static class AccessScan
{
    /// <summary>Equality of accesses up to the constant of the offset.</summary>
    public static IEqualityComparer<(Buffer Buffer, Index Offset)> SameTerms { get; } = EqualityComparer<(Buffer Buffer, Index Offset)>.Create(AreEqual, Hash);

    public static HashSet<(Buffer Buffer, Index Offset)> Of(ReadOnlySpan<Statement> body)
    {
        var found = new HashSet<(Buffer, Index)>(SameTerms);
        Scan(body, found);
        return found;
    }

    private static void Scan(ReadOnlySpan<Statement> body, HashSet<(Buffer Buffer, Index Offset)> found)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Loop loop:
                    Scan(loop.Body.AsSpan(), found);
                    break;
                case Assign assign:
                    Scan(assign.Value, found);
                    break;
                case Store store:
                    found.Add((store.Buffer, store.Offset));
                    Scan(store.Value, found);
                    break;
                case StoreFirst store:
                    found.Add((store.Buffer, store.Offset));
                    Scan(store.Value, found);
                    break;
                case Prefetch prefetch:
                    found.Add((prefetch.Buffer, prefetch.Offset));
                    break;
                case WhenEqual branch:
                    Scan(branch.Then.AsSpan(), found);
                    Scan(branch.Otherwise.AsSpan(), found);
                    break;
            }
        }
    }

    private static void Scan(Value value, HashSet<(Buffer Buffer, Index Offset)> found)
    {
        switch (value)
        {
            case Load load:
                found.Add((load.Buffer, load.Offset));
                break;
            case Broadcast load:
                found.Add((load.Buffer, load.Offset));
                break;
            case Unary unary:
                Scan(unary.Operand, found);
                break;
            case Reduction reduction:
                Scan(reduction.Operand, found);
                break;
            case FirstLanes first:
                Scan(first.Operand, found);
                break;
            case Binary binary:
                Scan(binary.Left, found);
                Scan(binary.Right, found);
                break;
            case MultiplyAdd fma:
                Scan(fma.Left, found);
                Scan(fma.Right, found);
                Scan(fma.Addend, found);
                break;
        }
    }

    private static bool AreEqual((Buffer Buffer, Index Offset) a, (Buffer Buffer, Index Offset) b)
    {
        if (a.Buffer.Position != b.Buffer.Position || a.Buffer.Format != b.Buffer.Format || a.Offset.Terms.Length != b.Offset.Terms.Length)
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
