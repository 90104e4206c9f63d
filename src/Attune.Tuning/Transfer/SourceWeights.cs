using Attune.Learning.Linear;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// How far each earlier task over the same configurations is believed, by what was measured on the target: non-negative least squares of the target's
/// standardised log merits on the tasks' merits, drawn towards equal weights while little was measured.
/// </summary>
internal static class SourceWeights
{
    /// <summary>Measurements that equal weights count as.</summary>
    private const double Penalty = 2;

    /// <summary>One weight of at least 0 per earlier task over the same configurations.</summary>
    /// <param name="memory">What was measured on the target; at least one timed point, all of them looked at.</param>
    /// <param name="knowledge">The earlier tasks.</param>
    public static double[] Of(SearchMemory memory, TransferKnowledge knowledge)
    {
        int rows = memory.Timed.Count;
        var merits = new double[rows];
        var scores = new DenseMatrix(rows, knowledge.Recalled);
        for (int i = 0; i < rows; i++)
        {
            merits[i] = -Math.Log(memory.Timed[i].TimeMs);
            knowledge[memory.Timed[i].Index].AsSpan(0, knowledge.Recalled).CopyTo(scores.Row(i));
        }

        Centre(merits);
        double deviation = Math.Sqrt(merits.Average(merit => merit * merit));
        if (deviation < 1e-9)
        {
            return [.. Enumerable.Repeat(1.0 / knowledge.Recalled, knowledge.Recalled)];
        }

        for (int i = 0; i < rows; i++)
        {
            merits[i] /= deviation;
        }

        for (int source = 0; source < knowledge.Recalled; source++)
        {
            double[] column = [.. Enumerable.Range(0, rows).Select(i => scores.Row(i)[source])];
            Centre(column);
            for (int i = 0; i < rows; i++)
            {
                scores.Row(i)[source] = column[i];
            }
        }

        return NonNegativeLeastSquares.Solve(scores, merits, Penalty, 1.0 / knowledge.Recalled);
    }

    /// <summary>Merit of a point under the weights.</summary>
    public static double Merit(ReadOnlySpan<double> weights, ReadOnlySpan<double> scores)
    {
        double sum = 0;
        for (int source = 0; source < weights.Length; source++)
        {
            sum += weights[source] * scores[source];
        }

        return sum;
    }

    private static void Centre(double[] values)
    {
        double mean = values.Average();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= mean;
        }
    }
}
