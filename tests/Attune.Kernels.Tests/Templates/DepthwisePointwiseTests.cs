using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

public sealed class DepthwisePointwiseTests
{
    public static TheoryData<string> Pairs()
    {
        var keys = new TheoryData<string>();
        foreach (int v in new[] { 4, 8, 16 })
        {
            keys.Add($"depthwise2d/1x{v * 3}x12x10/{v * 3}x3x3/s1x1/p1,1,1,1/d1x1/g{v * 3}/blocked-blocked/v{v}+conv2d/1x{v * 3}x12x10/"
                + $"{v * 4}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{v}");
            keys.Add($"depthwise2d/2x{v + 2}x11x13/{v + 2}x5x5/s2x2/p2,2,2,2/d1x1/g{v + 2}/blocked-blocked/v{v}+conv2d/2x{v + 2}x6x7/"
                + $"{v + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{v}");
            keys.Add($"depthwise2d/1x{v * 2}x7x7/{v * 2}x3x3/s1x1/p1,1,1,1/d1x1/g{v * 2}/blocked-blocked/v{v}+conv2d/1x{v * 2}x7x7/"
                + $"{v * 6}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{v}");
        }

        return keys;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    [Trait(Category.Name, Category.Slow)]
    public void A_fused_pair_computes_both_convolutions(string key)
    {
        PairWorkload pair = PairWorkload.TryParse(key).ShouldNotBeNull();
        pair.Key.ShouldBe(key);
        var random = new Random(21);
        var sample = new WeightedSample(pair, seed: 21);
        Space space = KernelTemplates.CreateSpace(pair, HostTarget.Of(pair.Lanes));
        int tried = 0;
        foreach (long index in Points(space, random, 30).Prepend(KernelTemplates.DefaultIndex(pair, space, HostTarget.Of(pair.Lanes))))
        {
            foreach (bool compiled in tried++ < 2 ? new[] { true, false } : [true])
            {
                float[] actual = sample.Execute(space[index], TemplateRun.By(compiled, parts: 1 + (tried % 3)), HostTarget.Of(pair.Lanes));
                float[] expected = sample.Expected;
                for (int i = 0; i < expected.Length; i++)
                {
                    (Math.Abs(actual[i] - expected[i]) <= 1e-4f * Math.Max(1, Math.Abs(expected[i]))).ShouldBeTrue(
                        $"{key} {space[index]}: element {i} is {actual[i]}, expected {expected[i]}");
                }
            }
        }
    }

    [Fact]
    public void Two_that_do_not_follow_each_other_are_no_pair()
    {
        const string Depthwise = "depthwise2d/1x8x7x7/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v4";
        WeightedWorkload.TryParse($"{Depthwise}+conv2d/1x8x7x7/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v4").ShouldBeNull();
        WeightedWorkload.TryParse($"{Depthwise}+conv2d/1x8x7x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v4").ShouldBeNull();
        WeightedWorkload.TryParse($"{Depthwise}+{Depthwise}").ShouldBeNull();
        WeightedWorkload.TryParse($"{Depthwise}+").ShouldBeNull();
        ConvolutionWorkload.TryParse("+").ShouldBeNull();
    }

    private static IEnumerable<long> Points(Space space, Random random, int count)
    {
        for (int tries = 0, found = 0; found < count && tries < 100_000; tries++)
        {
            SpacePart part = space.Parts[random.Next(space.Parts.Length)];
            long index = part.First + random.NextInt64(part.Space.Count);
            if (space.IsValid(index))
            {
                found++;
                yield return index;
            }
        }
    }
}
