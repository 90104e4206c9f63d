namespace Attune.Learning;

/// <summary>
/// Grows trees with XGBoost's exact greedy method: every boundary between different values of every column is a candidate. Columns are scanned from the largest
/// value down, which reproduces XGBoost's choice among ties. Cost O(depth * columns * rows) per tree.
/// </summary>
internal sealed class TreeGrower : GreedyGrower
{
    private const int Idle = -1;

    private readonly SortedColumns columns;
    private readonly FeatureTable table;
    private readonly int[] slotOf;
    private readonly Scan[] scans;

    public TreeGrower(FeatureTable table, SortedColumns columns, GradientBoostedTreesOptions options)
        : base(options)
    {
        this.table = table;
        this.columns = columns;
        slotOf = new int[table.Rows];
        scans = new Scan[1 << (options.Depth - 1)];
    }

    protected override void Begin(ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        for (int row = 0; row < slotOf.Length; row++)
        {
            slotOf[row] = curvatures[row] > 0 ? 0 : Idle;
        }
    }

    protected override void FindSplits(int first, int count, ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        for (int column = 0; column < columns.Features.Length; column++)
        {
            Array.Clear(scans, 0, count);
            ReadOnlySpan<float> values = columns.Values.AsSpan(column * columns.Rows, columns.Rows);
            ReadOnlySpan<int> order = columns.Order.AsSpan(column * columns.Rows, columns.Rows);
            for (int i = values.Length - 1; i >= 0; i--)
            {
                int row = order[i];
                int slot = slotOf[row];
                if (slot == Idle)
                {
                    continue;
                }

                ref Scan scan = ref scans[slot];
                float value = values[i];
                if (value != scan.Last && scan.H >= Options.MinChildWeight && scan.H > 0)
                {
                    Consider(ref Nodes[first + slot], scan.G, scan.H, columns.Features[column], value, scan.Last);
                }

                scan.G += gradients[row];
                scan.H += curvatures[row];
                scan.Last = value;
            }
        }
    }

    protected override void Partition(int first, int count)
    {
        for (int row = 0; row < slotOf.Length; row++)
        {
            int slot = slotOf[row];
            if (slot != Idle)
            {
                ref readonly Node node = ref Nodes[first + slot];
                slotOf[row] = !node.Splits ? Idle : (2 * slot) + (table[row, node.Feature] < node.Threshold ? 0 : 1);
            }
        }
    }

    private struct Scan
    {
        public double G;
        public double H;
        public float Last;
    }
}
