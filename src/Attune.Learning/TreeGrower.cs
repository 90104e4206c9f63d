namespace Attune.Learning;

/// <summary>
/// Grows one tree level by level with XGBoost's exact greedy rule: for every node the split of largest gain over all columns and all boundaries between
/// different values, then pruning of splits under the least gain from the bottom up. Columns are scanned from the largest value down and a later candidate
/// must be strictly better, which reproduces XGBoost's choice among ties. Cost O(depth * columns * rows). Buffers are reused between trees.
/// </summary>
internal sealed class TreeGrower
{
    private const int Idle = -1;

    // XGBoost's kRtEps: a gain that is not larger does not split at all.
    private const float LeastGain = 1e-6f;

    private readonly SortedColumns columns;
    private readonly FeatureTable table;
    private readonly GradientBoostedTreesOptions options;
    private readonly int[] slotOf;
    private readonly Node[] nodes;
    private readonly Scan[] scans;

    public TreeGrower(FeatureTable table, SortedColumns columns, GradientBoostedTreesOptions options)
    {
        this.table = table;
        this.columns = columns;
        this.options = options;
        slotOf = new int[table.Rows];
        nodes = new Node[(1 << (options.Depth + 1)) - 1];
        scans = new Scan[1 << (options.Depth - 1)];
    }

    /// <summary>Grows a tree for these gradients and weights (the second derivative of the squared loss is the weight itself).</summary>
    public BoostedTree Grow(ReadOnlySpan<float> gradients, ReadOnlySpan<float> weights)
    {
        var tree = new BoostedTree(options.Depth);
        Array.Clear(nodes);
        nodes[0].Live = true;
        for (int row = 0; row < slotOf.Length; row++)
        {
            slotOf[row] = weights[row] > 0 ? 0 : Idle;
            nodes[0].G += gradients[row];
            nodes[0].H += weights[row];
        }

        for (int depth = 0; depth < options.Depth; depth++)
        {
            int first = (1 << depth) - 1;
            int count = 1 << depth;
            FindSplits(first, count, gradients, weights);
            if (!Split(first, count))
            {
                break;
            }
        }

        Prune();
        Fill(tree, 0, inherited: null);
        return tree;
    }

    private void FindSplits(int first, int count, ReadOnlySpan<float> gradients, ReadOnlySpan<float> weights)
    {
        for (int slot = 0; slot < count; slot++)
        {
            ref Node node = ref nodes[first + slot];
            node.RootGain = (float)(node.G * node.G / (node.H + options.Ridge));
        }

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
                if (value != scan.Last && scan.H >= options.MinChildWeight && scan.H > 0)
                {
                    Consider(ref nodes[first + slot], ref scan, value, columns.Features[column]);
                }

                scan.G += gradients[row];
                scan.H += weights[row];
                scan.Last = value;
            }
        }
    }

    private void Consider(ref Node node, ref readonly Scan right, float value, int feature)
    {
        double g = node.G - right.G;
        double h = node.H - right.H;
        if (h < options.MinChildWeight)
        {
            return;
        }

        var gain = (float)((g * g / (h + options.Ridge)) + (right.G * right.G / (right.H + options.Ridge)) - node.RootGain);
        if (gain > node.Gain)
        {
            node.Gain = gain;
            node.Feature = feature;
            float middle = (value + right.Last) * 0.5f;

            // Neighbouring floats have no middle: the upper one separates them.
            node.Threshold = middle == value ? right.Last : middle;
            node.RightG = right.G;
            node.RightH = right.H;
        }
    }

    private bool Split(int first, int count)
    {
        bool any = false;
        for (int slot = 0; slot < count; slot++)
        {
            ref Node node = ref nodes[first + slot];
            node.Splits = node.Live && node.Gain > LeastGain;
            if (node.Splits)
            {
                any = true;
                int left = (2 * (first + slot)) + 1;
                nodes[left] = new Node { Live = true, G = node.G - node.RightG, H = node.H - node.RightH };
                nodes[left + 1] = new Node { Live = true, G = node.RightG, H = node.RightH };
            }
        }

        for (int row = 0; any && row < slotOf.Length; row++)
        {
            int slot = slotOf[row];
            if (slot != Idle)
            {
                ref readonly Node node = ref nodes[first + slot];
                slotOf[row] = !node.Splits ? Idle : (2 * slot) + (table[row, node.Feature] < node.Threshold ? 0 : 1);
            }
        }

        return any;
    }

    private void Prune()
    {
        for (int n = (1 << options.Depth) - 2; n >= 0; n--)
        {
            ref Node node = ref nodes[n];
            if (node.Splits && node.Gain < options.MinGain && !nodes[(2 * n) + 1].Splits && !nodes[(2 * n) + 2].Splits)
            {
                node.Splits = false;
            }
        }
    }

    private void Fill(BoostedTree tree, int n, float? inherited)
    {
        ref readonly Node node = ref nodes[n];
        float value = inherited ?? (float)(-node.G / (node.H + options.Ridge)) * options.LearningRate;
        if (n >= tree.Feature.Length)
        {
            tree.Leaf[n - tree.Feature.Length] = value;
            return;
        }

        bool splits = inherited is null && node.Splits;
        if (splits)
        {
            tree.Feature[n] = node.Feature;
            tree.Threshold[n] = node.Threshold;
        }

        Fill(tree, (2 * n) + 1, splits ? null : value);
        Fill(tree, (2 * n) + 2, splits ? null : value);
    }

    private struct Node
    {
        public bool Live;
        public bool Splits;
        public double G;
        public double H;
        public float RootGain;
        public float Gain;
        public int Feature;
        public float Threshold;
        public double RightG;
        public double RightH;
    }

    private struct Scan
    {
        public double G;
        public double H;
        public float Last;
    }
}
