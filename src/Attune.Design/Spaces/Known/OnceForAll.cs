using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Design.Spaces.Known;

/// <summary>
/// The MobileNet-V2 space of Once-for-All (ProxylessNAS, width 1.3) that OneProxy searches: five stages of up to four blocks and one last block; depth 2 to 4,
/// kernel and expansion for every block, about 2e20 designs. The encoding counts blocks of one shape: 11 shapes by 9 pairs of kernel and expansion, 99 columns.
/// </summary>
public static class OnceForAll
{
    private const int Stages = 5;
    private const int StageBlocks = 4;

    /// <summary>Kernels.</summary>
    public static ImmutableArray<int> Kernels { get; } = [3, 5, 7];

    /// <summary>Expansions.</summary>
    public static ImmutableArray<int> Expansions { get; } = [3, 4, 6];

    /// <summary>Depths of a stage.</summary>
    public static ImmutableArray<int> Depths { get; } = [2, 3, 4];

    /// <summary>Blocks, the last stage's single one included.</summary>
    public static int Blocks => (Stages * StageBlocks) + 1;

    /// <summary>Columns of the encoding.</summary>
    public static int Columns => ((2 * Stages) + 1) * Kernels.Length * Expansions.Length;

    /// <summary>The space: genes d0 to d4, then k0, e0, k1, e1, ... of the blocks.</summary>
    public static DesignSpace Space { get; } = Make();

    /// <summary>How often every pair of kernel and expansion occurs at every block shape.</summary>
    public static double[] Encode(SpacePoint point)
    {
        double[] counts = new double[Columns];
        for (int block = 0; block < Blocks; block++)
        {
            int stage = block / StageBlocks;
            int place = block % StageBlocks;
            if (stage < Stages && place + 1 > Depths[point[stage]])
            {
                continue;
            }

            int shape = (2 * stage) + Math.Min(place, 1);
            int kernel = point[Stages + (2 * block)];
            int expansion = point[Stages + (2 * block) + 1];
            counts[(((shape * Kernels.Length) + kernel) * Expansions.Length) + expansion]++;
        }

        return counts;
    }

    private static DesignSpace Make()
    {
        var genes = ImmutableArray.CreateBuilder<Gene>();
        genes.AddRange(Enumerable.Range(0, Stages).Select(stage => new Gene($"d{stage}", Texts(Depths))));
        for (int block = 0; block < Blocks; block++)
        {
            genes.Add(new Gene($"k{block}", Texts(Kernels)));
            genes.Add(new Gene($"e{block}", Texts(Expansions)));
        }

        var rules = ImmutableArray.CreateBuilder<SpaceRule>();
        for (int block = 0; block < Stages * StageBlocks; block++)
        {
            int place = (block % StageBlocks) + 1;
            ImmutableArray<int> shallow = [.. Enumerable.Range(0, Depths.Length).Where(choice => Depths[choice] < place)];
            if (!shallow.IsEmpty)
            {
                int first = Stages + (2 * block);
                rules.Add(new SpaceRule([new GeneCondition(block / StageBlocks, shallow)], [first, first + 1], [], "the stage has fewer blocks"));
            }
        }

        return new DesignSpace("ofa-mobilenet-v2", genes.ToImmutable(), rules.ToImmutable(), new EncodingOnly());
    }

    private static ImmutableArray<string> Texts(ImmutableArray<int> values) => [.. values.Select(value => value.ToString(CultureInfo.InvariantCulture))];
}
