namespace Attune.Learning;

/// <summary>
/// What the ways of growing a tree share: XGBoost's greedy rule level by level. For every node the split of largest gain wins, a later candidate must be
/// strictly better, then splits under the least gain are pruned from the bottom up. Nodes lie in a complete heap. Buffers are reused between trees.
/// </summary>
internal abstract class GreedyGrower(GradientBoostedTreesOptions options)
{
    // XGBoost's kRtEps: a gain that is not larger does not split at all.
    private const float NegligibleGain = 1e-6f;

    protected GradientBoostedTreesOptions Options { get; } = options;

    protected Node[] Nodes { get; } = new Node[(1 << (options.Depth + 1)) - 1];

    /// <summary>Grows a tree for these gradients and curvatures; rows of curvature 0 do not take part.</summary>
    public BoostedTree Grow(ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures)
    {
        Array.Clear(Nodes);
        Nodes[0].Live = true;
        Begin(gradients, curvatures);
        for (int row = 0; row < gradients.Length; row++)
        {
            Nodes[0].G += gradients[row];
            Nodes[0].H += curvatures[row];
        }

        for (int depth = 0; depth < Options.Depth; depth++)
        {
            int first = (1 << depth) - 1;
            int count = 1 << depth;
            for (int n = first; n < first + count; n++)
            {
                Nodes[n].RootGain = (float)(Nodes[n].G * Nodes[n].G / (Nodes[n].H + Options.Ridge));
            }

            FindSplits(first, count, gradients, curvatures);
            if (!MakeChildren(first, count))
            {
                break;
            }

            if (depth + 1 < Options.Depth)
            {
                Partition(first, count);
            }
        }

        Prune();
        var tree = new BoostedTree(Options.Depth);
        Fill(tree, 0, inherited: null);
        return tree;
    }

    /// <summary>Puts all rows into the root.</summary>
    protected abstract void Begin(ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures);

    /// <summary>Offers every possible split of the nodes of one level to <see cref="Consider"/>, columns ascending, values falling.</summary>
    protected abstract void FindSplits(int first, int count, ReadOnlySpan<float> gradients, ReadOnlySpan<float> curvatures);

    /// <summary>Moves the rows of splitting nodes to their children.</summary>
    protected abstract void Partition(int first, int count);

    protected void Consider(ref Node node, double rightG, double rightH, int feature, float value, float above)
    {
        double g = node.G - rightG;
        double h = node.H - rightH;
        if (h < Options.MinChildWeight)
        {
            return;
        }

        var gain = (float)((g * g / (h + Options.Ridge)) + (rightG * rightG / (rightH + Options.Ridge)) - node.RootGain);
        if (gain > node.Gain)
        {
            node.Gain = gain;
            node.Feature = feature;
            float middle = (value + above) * 0.5f;

            // Neighbouring floats have no middle: the upper one separates them.
            node.Threshold = middle == value ? above : middle;
            node.RightG = rightG;
            node.RightH = rightH;
        }
    }

    private bool MakeChildren(int first, int count)
    {
        bool any = false;
        for (int n = first; n < first + count; n++)
        {
            ref Node node = ref Nodes[n];
            node.Splits = node.Live && node.Gain > NegligibleGain;
            if (node.Splits)
            {
                any = true;
                int left = (2 * n) + 1;
                Nodes[left] = new Node { Live = true, G = node.G - node.RightG, H = node.H - node.RightH };
                Nodes[left + 1] = new Node { Live = true, G = node.RightG, H = node.RightH };
            }
        }

        return any;
    }

    private void Prune()
    {
        for (int n = (1 << Options.Depth) - 2; n >= 0; n--)
        {
            ref Node node = ref Nodes[n];
            if (node.Splits && node.Gain < Options.MinGain && !Nodes[(2 * n) + 1].Splits && !Nodes[(2 * n) + 2].Splits)
            {
                node.Splits = false;
            }
        }
    }

    private void Fill(BoostedTree tree, int n, float? inherited)
    {
        ref readonly Node node = ref Nodes[n];
        float value = inherited ?? (float)(-node.G / (node.H + Options.Ridge)) * Options.LearningRate;
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

    protected struct Node
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
}
