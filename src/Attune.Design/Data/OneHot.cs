using System.Collections.Immutable;
using Attune.Learning.Linear;

namespace Attune.Design.Data;

/// <summary>Genes as counts: a column per gene and value, 1 where the design has it, and a last column of ones for what every design has. Pure.</summary>
public static class OneHot
{
    /// <summary>Encodes designs.</summary>
    /// <param name="genes">Genes of every design.</param>
    /// <param name="values">Number of values of every gene.</param>
    /// <exception cref="ArgumentException">A gene is out of its range, or a design has another number of genes.</exception>
    public static DenseMatrix Of(IReadOnlyList<int[]> genes, ImmutableArray<int> values)
    {
        var encoded = new DenseMatrix(genes.Count, values.Sum() + 1);
        for (int i = 0; i < genes.Count; i++)
        {
            int[] design = genes[i];
            ArgumentOutOfRangeException.ThrowIfNotEqual(design.Length, values.Length, nameof(genes));
            int start = 0;
            for (int g = 0; g < design.Length; g++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)design[g], (uint)values[g], nameof(genes));
                encoded[i, start + design[g]] = 1;
                start += values[g];
            }

            encoded[i, start] = 1;
        }

        return encoded;
    }
}
