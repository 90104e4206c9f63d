using System.Numerics;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Known;

namespace Attune.Design.Tests.Spaces;

/// <summary>Sizes and columns as the papers state them.</summary>
public sealed class KnownSpaceTests
{
    [Fact]
    public void NasBench201_has_15625_designs_and_31_columns()
    {
        NasBench201.Space.Points.ShouldBe(new BigInteger(15_625));
        NasBench201.Columns.ShouldBe(31);
        double[] columns = NasBench201.Encode(new SpacePoint([3, 0, 1, 2, 4, 3]));
        columns.Sum().ShouldBe(7);
        columns[3].ShouldBe(1);
        columns[30].ShouldBe(1);
    }

    [Fact]
    public void NasBench201_reads_architectures_as_the_benchmark_writes_them()
    {
        NasBench201.Parse(
            "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|").ShouldBe(new SpacePoint([3, 0, 1, 2, 4, 3]));
        NasBench201.Parse("|nor_conv_3x3~0|+|none~0|skip_connect~0|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|").ShouldBeNull();
        NasBench201.Parse("rubbish").ShouldBeNull();
    }

    [Fact]
    public void FbNet_has_9_to_the_22_designs()
    {
        FbNet.Space.Points.ShouldBe(BigInteger.Pow(9, 22));
        FbNet.Blocks.ShouldBe(22);
        FbNet.BlockColumns.ShouldBe((22 * 9) + 1);

        // Seven stages, five of which have blocks after their first one: 12 shapes.
        FbNet.Columns.ShouldBe((12 * 9) + 1);
        var point = new SpacePoint([.. Enumerable.Repeat(8, 22)]);
        FbNet.Encode(point).Sum().ShouldBe(23);
        FbNet.EncodeBlocks(point).Count(count => count == 1).ShouldBe(23);
    }

    [Fact]
    public void OnceForAll_counts_99_columns_of_21_blocks()
    {
        OnceForAll.Columns.ShouldBe(99);
        OnceForAll.Blocks.ShouldBe(21);
        var deep = new SpacePoint([2, 2, 2, 2, 2, .. Enumerable.Repeat(0, 42)]);
        double[] counts = OnceForAll.Encode(deep);
        counts.Sum().ShouldBe(21);
        counts[0].ShouldBe(1);
        counts[9].ShouldBe(3);
        OnceForAll.Encode(new SpacePoint([.. Enumerable.Repeat(0, 47)])).Sum().ShouldBe(11);
    }

    [Fact]
    public void A_stage_of_OnceForAll_has_7371_designs()
    {
        // (9^2 + 9^3 + 9^4) for each of five stages, 9 for the last block: about 2e20.
        var distinct = new HashSet<SpacePoint>();
        for (int depth = 0; depth < 3; depth++)
        {
            for (int code = 0; code < 9 * 9 * 9 * 9; code++)
            {
                int[] genes = new int[47];
                genes[0] = depth;
                for (int block = 0, rest = code; block < 4; block++, rest /= 9)
                {
                    genes[5 + (2 * block)] = rest % 3;
                    genes[6 + (2 * block)] = rest / 3 % 3;
                }

                distinct.Add(OnceForAll.Space.Canonical(new SpacePoint([.. genes])));
            }
        }

        distinct.Count.ShouldBe(81 + 729 + 6561);
    }
}
