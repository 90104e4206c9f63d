using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>
/// Grouped convolutions whose groups are no whole channel blocks are run with several groups merged into one whose weights are block-diagonal:
/// some multiplications by zero buy whole vectors.
/// </summary>
internal static class GroupMerging
{
    /// <summary>The largest number of groups whose channels are whole blocks; 1 when there is none.</summary>
    public static int MergedGroups(ConvolutionWorkload w)
    {
        if (w.Groups == 1 || (w.GroupInChannels % w.Lanes == 0 && w.GroupOutChannels % w.Lanes == 0))
        {
            return w.Groups;
        }

        for (int merged = w.Groups; merged > 1; merged--)
        {
            if (w.Groups % merged == 0 && w.InChannels / merged % w.Lanes == 0 && w.OutChannels / merged % w.Lanes == 0)
            {
                return merged;
            }
        }

        return 1;
    }

    /// <summary>Weights [out][in of original group][taps] with zeros added for the merged groups.</summary>
    public static float[] Expand(float[] weights, int groups, ConvolutionWorkload merged)
    {
        if (groups == merged.Groups)
        {
            return weights;
        }

        int taps = merged.KernelHeight * merged.KernelWidth;
        int inOriginal = merged.InChannels / groups;
        int outOriginal = merged.OutChannels / groups;
        var expanded = new float[merged.WeightCount];
        for (int o = 0; o < merged.OutChannels; o++)
        {
            int firstIn = (o / outOriginal * inOriginal) - (o / merged.GroupOutChannels * merged.GroupInChannels);
            Array.Copy(weights, (long)o * inOriginal * taps, expanded, (((long)o * merged.GroupInChannels) + firstIn) * taps, inOriginal * taps);
        }

        return expanded;
    }
}
