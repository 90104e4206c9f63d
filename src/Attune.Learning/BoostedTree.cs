namespace Attune.Learning;

/// <summary>
/// One regression tree laid out as a complete binary heap, so that prediction has neither branches on structure nor pointers:
/// children of node n are 2n + 1 (value below the threshold) and 2n + 2. A node that does not split sends everything left.
/// </summary>
internal readonly struct BoostedTree(int depth)
{
    /// <summary>Feature tested at every inner node; 0 where the node does not split.</summary>
    public readonly int[] Feature = new int[(1 << depth) - 1];

    /// <summary>Threshold of every inner node; positive infinity where the node does not split.</summary>
    public readonly float[] Threshold = Filled((1 << depth) - 1);

    /// <summary>Value of every leaf of the complete tree, shrinkage included.</summary>
    public readonly float[] Leaf = new float[1 << depth];

    public float Predict(ReadOnlySpan<float> row)
    {
        int node = 0;
        while (node < Feature.Length)
        {
            node = (2 * node) + (row[Feature[node]] < Threshold[node] ? 1 : 2);
        }

        return Leaf[node - Feature.Length];
    }

    private static float[] Filled(int count)
    {
        var thresholds = new float[count];
        Array.Fill(thresholds, float.PositiveInfinity);
        return thresholds;
    }
}
