using System.Collections.Immutable;

namespace Attune.Design.Scalable;

/// <summary>Softmax per gene with its derivative and its entropy: a relaxed design is one probability per value of every gene. Pure.</summary>
internal sealed class GeneLogits(ImmutableArray<int> values)
{
    public int Width { get; } = values.Sum();

    /// <summary>Probabilities of one row, and the sum of the genes' entropies in nats.</summary>
    public double Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        double entropy = 0;
        int start = 0;
        foreach (int count in values)
        {
            ReadOnlySpan<float> from = logits.Slice(start, count);
            Span<float> to = probabilities.Slice(start, count);
            float max = from[0];
            foreach (float logit in from)
            {
                max = Math.Max(max, logit);
            }

            float sum = 0;
            for (int i = 0; i < count; i++)
            {
                to[i] = MathF.Exp(from[i] - max);
                sum += to[i];
            }

            for (int i = 0; i < count; i++)
            {
                to[i] /= sum;
                entropy -= to[i] > 0 ? to[i] * Math.Log(to[i]) : 0;
            }

            start += count;
        }

        return entropy;
    }

    /// <summary>Gradient by the logits from the gradient by the probabilities plus a weight times the entropy's.</summary>
    public void Backward(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> slopes, double entropyWeight, Span<float> byLogits)
    {
        int start = 0;
        foreach (int count in values)
        {
            double mean = 0;
            for (int i = start; i < start + count; i++)
            {
                mean += probabilities[i] * Slope(probabilities[i], slopes[i], entropyWeight);
            }

            for (int i = start; i < start + count; i++)
            {
                byLogits[i] = (float)(probabilities[i] * (Slope(probabilities[i], slopes[i], entropyWeight) - mean));
            }

            start += count;
        }
    }

    /// <summary>Number of genes.</summary>
    public int Count => values.Length;

    /// <summary>The most probable value of every gene.</summary>
    public void Decode(ReadOnlySpan<float> logits, Span<int> genes)
    {
        int start = 0;
        for (int g = 0; g < values.Length; g++)
        {
            int best = 0;
            for (int i = 1; i < values[g]; i++)
            {
                best = logits[start + i] > logits[start + best] ? i : best;
            }

            genes[g] = best;
            start += values[g];
        }
    }

    /// <summary>One-hot row of a design.</summary>
    public void Encode(ReadOnlySpan<int> genes, Span<float> row)
    {
        row[..Width].Clear();
        int start = 0;
        for (int g = 0; g < values.Length; g++)
        {
            row[start + genes[g]] = 1;
            start += values[g];
        }
    }

    // d(-p log p)/dp = -log p - 1; the constant falls out of the softmax's derivative.
    private static double Slope(float probability, float slope, double entropyWeight) =>
        slope - (entropyWeight * Math.Log(Math.Max(probability, 1e-12f)));
}
