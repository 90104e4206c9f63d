using System.Collections.Immutable;

namespace Attune.Design.Spaces.Known;

/// <summary>
/// The space of FBNet (Wu et al., CVPR 2019) as HW-NAS-Bench has it: 22 blocks in seven stages, nine operators each, 9^22 designs. Blocks of one stage after
/// its first have one shape, so their columns are counts of equal execution units.
/// </summary>
public static class FbNet
{
    private static readonly ImmutableArray<int> StageBlocks = [1, 4, 4, 4, 4, 4, 1];

    /// <summary>Operators, in the order of the columns.</summary>
    public static ImmutableArray<string> Operators { get; } = ["k3_e1", "k3_e1_g2", "k3_e3", "k3_e6", "k5_e1", "k5_e1_g2", "k5_e3", "k5_e6", "skip"];

    /// <summary>Number of blocks.</summary>
    public static int Blocks => StageBlocks.Sum();

    /// <summary>Group of columns of every block: one for the first block of a stage, one for all others.</summary>
    public static ImmutableArray<int> Shapes { get; } = GroupBlocks();

    /// <summary>The space.</summary>
    public static DesignSpace Space { get; } = new(
        "fbnet", [.. Enumerable.Range(0, Blocks).Select(block => new Gene($"b{block}", Operators))], [], new EncodingOnly());

    /// <summary>Columns of <see cref="Encode(SpacePoint)"/>: nine per block shape, and one for what all designs share.</summary>
    public static int Columns => ((Shapes[^1] + 1) * Operators.Length) + 1;

    /// <summary>Columns of <see cref="EncodeBlocks"/>: nine per block, and one for what all designs share.</summary>
    public static int BlockColumns => (Blocks * Operators.Length) + 1;

    /// <summary>How often every operator occurs at every block shape; the last column is one.</summary>
    public static double[] Encode(SpacePoint point) => Encode(point, Columns, block => Shapes[block]);

    /// <summary>One column per block and operator, zeros and ones; the last one is one.</summary>
    public static double[] EncodeBlocks(SpacePoint point) => Encode(point, BlockColumns, block => block);

    private static double[] Encode(SpacePoint point, int columns, Func<int, int> group)
    {
        double[] counts = new double[columns];
        for (int block = 0; block < Blocks; block++)
        {
            counts[(group(block) * Operators.Length) + point[block]]++;
        }

        counts[^1] = 1;
        return counts;
    }

    private static ImmutableArray<int> GroupBlocks()
    {
        var groups = ImmutableArray.CreateBuilder<int>();
        int next = 0;
        foreach (int blocks in StageBlocks)
        {
            groups.Add(next++);
            groups.AddRange(Enumerable.Repeat(next, blocks - 1));
            next += blocks > 1 ? 1 : 0;
        }

        return groups.ToImmutable();
    }
}
