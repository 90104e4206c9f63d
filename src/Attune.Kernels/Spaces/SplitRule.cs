using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>How the entities of a split come about.</summary>
public sealed record SplitRule
{
    /// <summary>Which factors there are. Default divisors.</summary>
    public SplitPolicy Policy { get; init; }

    /// <summary>Bound of every explicit factor (all but the outermost), at least 1. Default none.</summary>
    public int MaxFactor { get; init; } = int.MaxValue;

    /// <summary>True keeps only products that divide the extent. Divisors never leave a tail. Default false.</summary>
    public bool NoTail { get; init; }

    /// <summary>Keeps an entity, factors outermost first with the real outermost one; null keeps all.</summary>
    public Func<ImmutableArray<int>, bool>? Admit { get; init; }

    internal int[] FactorsOf(int extent)
    {
        IEnumerable<int> powers = Enumerable.Range(0, 31).Select(e => 1 << e).TakeWhile(p => p <= extent);
        IEnumerable<int> all = Policy switch
        {
            SplitPolicy.Power2 => powers,
            SplitPolicy.Verbose => PythonSetOrder.OfUnion(DivisorsOf(extent), powers),
            _ => DivisorsOf(extent),
        };
        return [.. all.Where(factor => factor <= MaxFactor)];
    }

    internal bool Allows(int extent, long product) => extent % product == 0 || (Policy != SplitPolicy.Factors && !NoTail && product < extent);

    // Divisors come in pairs, one of which is at most the root; ascending, as indices have them.
    private static List<int> DivisorsOf(int extent)
    {
        var small = new List<int>();
        var large = new List<int>();
        for (int divisor = 1; divisor <= extent / divisor; divisor++)
        {
            if (extent % divisor == 0)
            {
                small.Add(divisor);
                if (divisor != extent / divisor)
                {
                    large.Add(extent / divisor);
                }
            }
        }

        large.Reverse();
        small.AddRange(large);
        return small;
    }
}
