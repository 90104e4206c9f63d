using System.Collections.Immutable;

namespace Attune.Design.Search;

/// <summary>A space without rules: every combination of values is a design of its own. NAS-Bench-201 is one with six genes of five values.</summary>
public sealed class PlainGeneSpace : IGeneSpace
{
    private readonly ImmutableArray<int> values;

    /// <summary>Makes a space.</summary>
    /// <param name="values">Number of values of every gene, each at least 1; at least one gene.</param>
    public PlainGeneSpace(ImmutableArray<int> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        foreach (int count in values)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        }

        this.values = values;
    }

    /// <inheritdoc/>
    public int Genes => values.Length;

    /// <summary>Number of values of every gene.</summary>
    public ImmutableArray<int> Values => values;

    /// <inheritdoc/>
    public int ValuesOf(int gene) => values[gene];

    /// <inheritdoc/>
    public void Canonicalise(Span<int> genes) => ArgumentOutOfRangeException.ThrowIfNotEqual(genes.Length, values.Length);

    /// <inheritdoc/>
    public bool IsAllowed(ReadOnlySpan<int> genes)
    {
        for (int i = 0; i < genes.Length; i++)
        {
            if ((uint)genes[i] >= (uint)values[i])
            {
                return false;
            }
        }

        return true;
    }
}
