using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Learning;

/// <summary>
/// Grows trees from sums per bin: a pass over the rows of a node adds gradient and curvature of each to one bin per column, and the split is sought among the
/// bins. Only the smaller of two siblings is summed, the other is the parent minus it, so that a tree of any depth costs about 1.5 to 2 passes. Where no column
/// has more different values than bins, candidates, thresholds and tie order are those of the exact method.
/// </summary>
internal sealed class HistogramGrower : GreedyGrower
{
    // A sum that is this small a part of its node's is the rounding left by a subtraction.
    private const double Negligible = 1e-9;

    private readonly BinnedColumns columns;
    private readonly Vector128<double>[][] sums;
    private readonly int[] rows;
    private readonly int[] spare;
    private readonly int[] starts;
    private readonly int[] counts;

    public HistogramGrower(BinnedColumns columns, GradientBoostedTreesOptions options)
        : base(options)
    {
        this.columns = columns;
        sums = new Vector128<double>[(1 << options.Depth) - 1][];
        rows = new int[columns.Rows];
        spare = new int[columns.Rows];
        starts = new int[Nodes.Length];
        counts = new int[Nodes.Length];
    }

    protected override void Begin(ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        int count = 0;
        for (int row = 0; row < columns.Rows; row++)
        {
            if (curvatures[row] > 0)
            {
                rows[count++] = row;
            }
        }

        starts[0] = 0;
        counts[0] = count;
    }

    protected override void FindSplits(int first, int count, ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        for (int n = first; n < first + count; n++)
        {
            if (Nodes[n].Live && (n == 0 || (n & 1) == 1))
            {
                SumLevel(n, gradients, curvatures);
            }
        }

        for (int n = first; n < first + count; n++)
        {
            if (Nodes[n].Live)
            {
                Scan(ref Nodes[n], sums[n]);
            }
        }
    }

    protected override void Partition(int first, int count)
    {
        for (int n = first; n < first + count; n++)
        {
            if (!Nodes[n].Splits)
            {
                continue;
            }

            // A split of binned columns is a comparison of codes.
            int column = Array.BinarySearch(columns.Features, Nodes[n].Feature);
            int boundary = columns.Offsets[column];
            while (columns.Lowest[boundary] < Nodes[n].Threshold)
            {
                boundary++;
            }

            int from = starts[n];
            int left = from;
            int right = 0;
            for (int i = from; i < from + counts[n]; i++)
            {
                int row = rows[i];
                if (columns.Codes[(row * columns.Features.Length) + column] < boundary)
                {
                    rows[left++] = row;
                }
                else
                {
                    spare[right++] = row;
                }
            }

            spare.AsSpan(0, right).CopyTo(rows.AsSpan(left));
            int child = (2 * n) + 1;
            (starts[child], counts[child]) = (from, left - from);
            (starts[child + 1], counts[child + 1]) = (left, right);
        }
    }

    // Sums of a left child and its right sibling, or of the root.
    private void SumLevel(int n, ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        if (n == 0)
        {
            Sum(0, gradients, curvatures);
            return;
        }

        int smaller = counts[n] <= counts[n + 1] ? n : n + 1;
        int larger = (2 * n) + 1 - smaller;
        Sum(smaller, gradients, curvatures);
        Vector128<double>[] parent = sums[(n - 1) / 2];
        Vector128<double>[] part = sums[smaller];
        Vector128<double>[] rest = sums[larger] ??= new Vector128<double>[parent.Length];
        for (int bin = 0; bin < rest.Length; bin++)
        {
            rest[bin] = parent[bin] - part[bin];
        }
    }

    private void Sum(int n, ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        Vector128<double>[] target = sums[n] ??= new Vector128<double>[columns.Lowest.Length];
        Array.Clear(target);
        int width = columns.Features.Length;
        ref Vector128<double> bins = ref MemoryMarshal.GetArrayDataReference(target);
        foreach (int row in rows.AsSpan(starts[n], counts[n]))
        {
            Vector128<double> pair = Vector128.Create((double)gradients[row], curvatures[row]);

            // Codes are within the bins by construction: the unchecked reference saves the largest part of the pass.
            foreach (ushort code in columns.Codes.AsSpan(row * width, width))
            {
                Unsafe.Add(ref bins, (nint)code) += pair;
            }
        }
    }

    private void Scan(ref Node node, Vector128<double>[] bins)
    {
        double min = node.H * Negligible;
        for (int column = 0; column < columns.Features.Length; column++)
        {
            double g = 0;
            double h = 0;
            float above = 0;
            int first = columns.Offsets[column];
            for (int bin = columns.Offsets[column + 1] - 1; bin >= first; bin--)
            {
                Vector128<double> sum = bins[bin];
                double curvature = sum.GetElement(1);
                if (curvature <= min)
                {
                    continue;
                }

                if (h >= Options.MinChildWeight && h > 0)
                {
                    Consider(ref node, g, h, columns.Features[column], columns.Highest[bin], above);
                }

                g += sum.GetElement(0);
                h += curvature;
                above = columns.Lowest[bin];
            }
        }
    }
}
