namespace Attune.Learning;

/// <summary>
/// Fitted boosted trees as bytes: a mark and version, the loss, the base score, the number of features, then the trees. Little endian, equal on every machine.
/// Readers check every number: a file from anywhere may be given to them.
/// </summary>
internal static class GradientBoostedTreesFile
{
    private const uint Mark = 0x54424741;
    private const int Version = 1;
    private const int MaxTrees = 10_000;
    private const int MaxColumns = 1 << 20;

    public static void Write(BinaryWriter writer, GradientBoostedTreesOptions options, int columns, IReadOnlyList<BoostedTree> trees)
    {
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write((int)options.Loss);
        writer.Write(options.BaseScore);
        writer.Write(options.Depth);
        writer.Write(columns);
        writer.Write(trees.Count);
        foreach (BoostedTree tree in trees)
        {
            Array.ForEach(tree.Feature, writer.Write);
            Array.ForEach(tree.Threshold, writer.Write);
            Array.ForEach(tree.Leaf, writer.Write);
        }
    }

    public static (GradientBoostedTreesOptions Options, int Columns, IReadOnlyList<BoostedTree> Trees) Read(BinaryReader reader)
    {
        try
        {
            Require(reader.ReadUInt32() == Mark, "it does not begin with the mark of boosted trees");
            int version = reader.ReadInt32();
            Require(version == Version, $"its version is {version}, this program reads {Version}");
            var loss = (BoostingLoss)reader.ReadInt32();
            float baseScore = reader.ReadSingle();
            int depth = reader.ReadInt32();
            int columns = reader.ReadInt32();
            int count = reader.ReadInt32();
            Require(
                Enum.IsDefined(loss) && float.IsFinite(baseScore) && (loss != BoostingLoss.Logistic || baseScore is > 0 and < 1),
                "its loss or base score is impossible");
            Require(
                depth is >= 1 and <= 10 && columns is >= 0 and <= MaxColumns && count is >= 0 and <= MaxTrees,
                $"{count} trees of depth {depth} over {columns} features are impossible");
            var trees = new List<BoostedTree>();
            for (int i = 0; i < count; i++)
            {
                trees.Add(ReadTree(reader, depth, columns));
            }

            return (new GradientBoostedTreesOptions { Loss = loss, BaseScore = baseScore, Depth = depth }, columns, trees);
        }
        catch (EndOfStreamException problem)
        {
            throw new InvalidDataException("The boosted trees cannot be read: the data ends too early. Learn them again.", problem);
        }
    }

    private static BoostedTree ReadTree(BinaryReader reader, int depth, int columns)
    {
        var tree = new BoostedTree(depth);
        for (int i = 0; i < tree.Feature.Length; i++)
        {
            tree.Feature[i] = reader.ReadInt32();
            Require(tree.Feature[i] >= 0 && tree.Feature[i] < Math.Max(1, columns), $"a tree asks for feature {tree.Feature[i]} of {columns}");
        }

        for (int i = 0; i < tree.Threshold.Length; i++)
        {
            tree.Threshold[i] = reader.ReadSingle();
            Require(!float.IsNaN(tree.Threshold[i]), "a threshold is not a number");
        }

        for (int i = 0; i < tree.Leaf.Length; i++)
        {
            tree.Leaf[i] = reader.ReadSingle();
            Require(float.IsFinite(tree.Leaf[i]), "a leaf is not finite");
        }

        return tree;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The boosted trees cannot be read: {otherwise}. Learn them again.");
        }
    }
}
