namespace Attune.Cohort.Decision;

/// <summary>
/// The balanced choice (design paper, equations (13) to (15)): a line through the branches' points of cost and accuracy loss; the branch that lies farthest
/// below it loses less accuracy than its cost lets expect. With too few points, or all on a line, the least sum of standard scores.
/// </summary>
internal static class Regression
{
    private const double Tie = 1e-9;
    private const double Straight = 0.999;

    /// <summary>Chooses a branch.</summary>
    /// <param name="branches">All branches.</param>
    /// <param name="kept">Which of them may be chosen; at least one.</param>
    /// <param name="scores">Room for two numbers per branch.</param>
    /// <returns>Index of the branch.</returns>
    public static int Choose(ReadOnlySpan<Branch> branches, ReadOnlySpan<bool> kept, Span<double> scores)
    {
        Span<double> zSums = scores[..branches.Length];
        Span<double> residuals = scores.Slice(branches.Length, branches.Length);
        Statistics(branches, kept, out double costMean, out double lossMean, out double costVariance, out double lossVariance, out double covariance);
        double costDeviation = Math.Sqrt(costVariance);
        double lossDeviation = Math.Sqrt(lossVariance);
        double correlation = costDeviation > 0 && lossDeviation > 0 ? covariance / (costDeviation * lossDeviation) : 0;
        double slope = costVariance > 0 ? covariance / costVariance : 0;
        bool byScores = DistinctPoints(branches, kept) < 3 || !(costVariance > 0) || Math.Abs(correlation) > Straight;
        int best = -1;
        for (int i = 0; i < branches.Length; i++)
        {
            if (!kept[i])
            {
                continue;
            }

            zSums[i] = Score(branches[i].Cost - costMean, costDeviation) + Score(branches[i].Loss - lossMean, lossDeviation);
            residuals[i] = byScores ? zSums[i] : branches[i].Loss - (lossMean + (slope * (branches[i].Cost - costMean)));
            if (best < 0 || IsBetter(i, best, branches, residuals, zSums))
            {
                best = i;
            }
        }

        return best;
    }

    private static bool IsBetter(int one, int other, ReadOnlySpan<Branch> branches, ReadOnlySpan<double> residuals, ReadOnlySpan<double> zSums)
    {
        if (Math.Abs(residuals[one] - residuals[other]) >= Tie)
        {
            return residuals[one] < residuals[other];
        }

        if (Math.Abs(zSums[one] - zSums[other]) >= Tie)
        {
            return zSums[one] < zSums[other];
        }

        return branches[one].Cost < branches[other].Cost || (branches[one].Cost == branches[other].Cost && branches[one].Member < branches[other].Member);
    }

    private static double Score(double difference, double deviation) => deviation > 0 ? difference / deviation : 0;

    private static void Statistics(
        ReadOnlySpan<Branch> branches,
        ReadOnlySpan<bool> kept,
        out double costMean,
        out double lossMean,
        out double costVariance,
        out double lossVariance,
        out double covariance)
    {
        int count = 0;
        costMean = 0;
        lossMean = 0;
        for (int i = 0; i < branches.Length; i++)
        {
            if (kept[i])
            {
                count++;
                costMean += branches[i].Cost;
                lossMean += branches[i].Loss;
            }
        }

        costMean /= count;
        lossMean /= count;
        costVariance = 0;
        lossVariance = 0;
        covariance = 0;
        for (int i = 0; i < branches.Length; i++)
        {
            if (kept[i])
            {
                double cost = branches[i].Cost - costMean;
                double loss = branches[i].Loss - lossMean;
                costVariance += cost * cost / count;
                lossVariance += loss * loss / count;
                covariance += cost * loss / count;
            }
        }
    }

    private static int DistinctPoints(ReadOnlySpan<Branch> branches, ReadOnlySpan<bool> kept)
    {
        int distinct = 0;
        for (int i = 0; i < branches.Length; i++)
        {
            bool isNew = kept[i];
            for (int j = 0; j < i && isNew; j++)
            {
                isNew = !kept[j] || branches[j].Cost != branches[i].Cost || branches[j].Loss != branches[i].Loss;
            }

            distinct += isNew ? 1 : 0;
        }

        return distinct;
    }
}
