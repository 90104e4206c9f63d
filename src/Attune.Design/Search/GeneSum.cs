using System.Collections.Immutable;

namespace Attune.Design.Search;

/// <summary>
/// A prediction that is a constant plus one number per gene and value: a linear predictor over one-hot genes as a search wants it. Immutable; safe for several
/// threads.
/// </summary>
public sealed class GeneSum : IDesignModel
{
    private readonly double[] terms;
    private readonly int[] starts;
    private readonly double constant;

    /// <summary>Makes the prediction from weights in the order of <see cref="Data.OneHot"/>: value by value, gene by gene, then the constant.</summary>
    /// <param name="values">Number of values of every gene.</param>
    /// <param name="weights">As many as all genes have values, and one.</param>
    public GeneSum(ImmutableArray<int> values, ReadOnlySpan<double> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, values.Sum() + 1);
        terms = weights[..^1].ToArray();
        constant = weights[^1];
        starts = new int[values.Length];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + values[i - 1];
        }
    }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        double sum = constant;
        for (int i = 0; i < genes.Length; i++)
        {
            sum += terms[starts[i] + genes[i]];
        }

        return sum;
    }
}
