namespace Attune.Learning.Clustering;

/// <summary>How many clusters are enough, from the loss at rising numbers of clusters.</summary>
public static class Elbow
{
    /// <summary>
    /// CHAMELEON's rule: the first position whose loss is not at least <paramref name="factor"/> times less than the one before; the last position when all
    /// are.
    /// </summary>
    /// <param name="losses">Losses at rising numbers of clusters, computed one at a time as far as needed.</param>
    /// <param name="factor">Improvement that a larger number must bring, above 1 (the published code: 2.5).</param>
    public static int FirstSmallGain(IEnumerable<double> losses, double factor)
    {
        double last = double.PositiveInfinity;
        int position = -1;
        foreach (double loss in losses)
        {
            position++;
            if (loss >= last / factor)
            {
                break;
            }

            last = loss;
        }

        return position;
    }

    /// <summary>The position farthest below the straight line from the first loss to the last (Satopaa et al. 2011); 0 where the losses do not bend.</summary>
    /// <param name="losses">Losses at evenly rising numbers of clusters.</param>
    public static int FarthestFromChord(ReadOnlySpan<double> losses)
    {
        int best = 0;
        double depth = 0;
        for (int i = 1; i + 1 < losses.Length; i++)
        {
            double chord = losses[0] + ((losses[^1] - losses[0]) * i / (losses.Length - 1));
            if (chord - losses[i] > depth)
            {
                (best, depth) = (i, chord - losses[i]);
            }
        }

        return best;
    }
}
