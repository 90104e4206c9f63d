using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.Tiles;

/// <summary>Where there are matrix tiles, a layer has two algorithms; elsewhere it has one. What is on record is read in both places.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class TileUnionTests
{
    private static readonly KernelTarget Without = TileTarget.Widest with { Instructions = TileTarget.Widest.Instructions & ~VectorInstructions.MatrixTiles };

    public static TheoryData<string> Keys =>
    [
        "conv2dq8/1x64x8x18/33x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v16/i8",
        "conv2dbf16/1x64x8x18/33x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v16/bf16",
        "denseq8f/1x64x1x5/40x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v16/i8",
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Features_of_both_algorithms_are_as_many(string key)
    {
        Space space = Of(key, TileTarget.Widest);
        space.Parts.Length.ShouldBe(2);
        space.Parts.Select(part => space.Features(part.First + part.Space.FirstValid()).Length).Distinct().ShouldHaveSingleItem();
        space.Parts.SelectMany(part => space.Features(part.First + part.Space.FirstValid())).ShouldAllBe(feature => double.IsFinite(feature));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_configuration_is_read_back_where_it_was_written_and_on_the_other_target(string key)
    {
        Space with = Of(key, TileTarget.Widest);
        Space without = Of(key, Without);
        without.Parts.Length.ShouldBe(1);
        var random = new Random(3);
        foreach (SpacePart part in with.Parts)
        {
            long own = Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(part.Space.Count)).First(part.Space.IsValid);
            Configuration point = with[part.First + own];
            with.Find(FormerKnobs.Translate(point.ToLabels())).ShouldBe(point);
            without.Find(FormerKnobs.Translate(point.ToLabels()))?.ToString().ShouldBe(part.Space[own].ToString());
            (without.Find(point.ToLabels()) is not null).ShouldBe(part.Name == without.Parts[0].Name);
        }

        // There is no tile in it, and no algorithm is named where there is one.
        Configuration single = without[without.FirstValid()];
        single.ToLabels().ContainsKey(TemplateRegistry.Chooser).ShouldBeFalse();
        Configuration found = with.Find(single.ToLabels()).ShouldNotBeNull();
        found.Algorithm.ShouldBe(without.Parts[0].Name);
        found.Own.ToString().ShouldBe(single.ToString());
    }

    [Theory]
    [InlineData(68, 1)]
    [InlineData(64, 2)]
    [InlineData(12, 2)]
    public void Channels_that_fill_tiles_badly_are_left_to_vectors(int channels, int algorithms) =>
        Of($"conv2dq8/1x{channels}x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/channelslast-channelslast/v16/i8", TileTarget.Widest).Parts.Length.ShouldBe(algorithms);

    [Fact]
    public void Brain_floats_need_the_instruction_that_rounds_to_them()
    {
        const string key = "conv2dbf16/1x64x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/channelslast-channelslast/v16/bf16";
        KernelTarget target = TileTarget.Widest;
        Of(key, target).Parts.Length.ShouldBe(2);
        Of(key, target with { Instructions = target.Instructions & ~VectorInstructions.BFloat16Products }).Parts.Length.ShouldBe(1);
    }

    private static Space Of(string key, KernelTarget target) => KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key).ShouldNotBeNull(), target);
}
