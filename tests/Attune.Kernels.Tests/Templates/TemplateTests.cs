using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

public sealed class TemplateTests
{
    public static TheoryData<string> Workloads()
    {
        var keys = new TheoryData<string>();
        foreach (int lanes in new[] { 4, 8, 16 })
        {
            keys.Add($"conv2d/1x{lanes * 2}x9x11/{lanes * 4}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 2}x11x8/{lanes * 2}x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/2x{lanes * 2}x10x9/{lanes * 2}x3x3/s2x2/p0,1,2,1/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 2}x17x19/{lanes * 4}x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes}x12x10/{lanes * 2}x3x3/s2x2/p0,0,1,1/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{(lanes * 2) + 3}x7x7/{lanes + 5}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 4}x9x7/{lanes * 8}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 4}x1x45/{lanes * 4}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 2}x11x12/{lanes * 2}x1x1/s2x2/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 4}x1x30/{(lanes * 15) - 3}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x3x23x19/{lanes * 2}x7x7/s2x2/p3,3,3,3/d1x1/g1/planar-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes * 4}x8x8/{lanes * 4}x3x3/s1x1/p2,2,2,2/d2x2/g2/blocked-blocked/v{lanes}");
            keys.Add($"conv2d/1x{lanes}x1x17/{lanes * 2}x1x5/s1x1/p0,2,0,2/d1x1/g1/blocked-blocked/v{lanes}");
            keys.Add($"depthwise2d/1x{lanes * 3}x12x10/{lanes * 3}x3x3/s1x1/p1,1,1,1/d1x1/g{lanes * 3}/blocked-blocked/v{lanes}");
            keys.Add($"depthwise2d/2x{lanes + 2}x11x13/{lanes + 2}x5x5/s2x2/p2,2,2,2/d1x1/g{lanes + 2}/blocked-blocked/v{lanes}");
            keys.Add($"dense/1x{(lanes * 5) + 3}x1x1/{(lanes * 4) + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}");
            keys.Add($"dense/1x{lanes * 3}x1x9/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}");
            keys.Add($"dense/1x{lanes * 4}x1x18/{lanes * 8}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}");
            keys.Add($"dense/1x{lanes * 4}x1x33/{(lanes * 4) - 3}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}");
        }

        return keys;
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    [Trait(Category.Name, Category.Slow)]
    public void Every_configuration_computes_the_convolution(string key)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(17);
        float[] x = TemplateRun.Random(random, (long)w.Batch * w.InChannels * w.Height * w.Width);
        float[] weights = TemplateRun.Random(random, w.WeightCount);
        float[] bias = TemplateRun.Random(random, w.OutChannels);
        float[] residual = TemplateRun.Random(random, (long)w.Batch * w.OutChannels * w.OutHeight * w.OutWidth);
        float[] expected = NaiveConvolution.Run(w, x, weights, bias, residual);
        long[] points = [KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes)), .. ValidPoints(space, random, 24), .. ValidPoints(
            space, random, 600).Where(i => !IsDirect(space[i])).Take(24)];
        foreach (long index in points)
        {
            float[] actual = TemplateRun.Execute(w, space[index], x, weights, bias, residual, compiled: true, parts: 1 + (int)(index % 3));
            Compare(actual, expected, $"{key} {space[index]}");
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Machine_code_equals_the_interpreter(string key)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(5);
        float[] x = TemplateRun.Random(random, (long)w.Batch * w.InChannels * w.Height * w.Width);
        float[] weights = TemplateRun.Random(random, w.WeightCount);
        float[] bias = TemplateRun.Random(random, w.OutChannels);
        foreach (long index in ValidPoints(space, random, 1).Concat(ValidPoints(space, random, 400).Where(i => !IsDirect(space[i])).Take(2)))
        {
            float[] actual = TemplateRun.Execute(w, space[index], x, weights, bias, null, compiled: true);
            float[] expected = TemplateRun.Execute(w, space[index], x, weights, bias, null, compiled: false);
            Compare(actual, expected, $"{key} {space[index]}");
        }
    }

    [Fact]
    public void Keys_read_back_and_nonsense_is_refused()
    {
        foreach (string key in ((IEnumerable<object[]>)Workloads()).Select(row => (string)row[0]))
        {
            ConvolutionWorkload.TryParse(key).ShouldNotBeNull().Key.ShouldBe(key);
        }

        ConvolutionWorkload.TryParse("conv2d/1x2").ShouldBeNull();
        ConvolutionWorkload.TryParse(string.Empty).ShouldBeNull();
    }

    [Theory]
    [InlineData("conv2d/0x3x8x8/4x3x3/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x3x3/s0x0/p0,0,0,0/d1x1/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x3x3/s1x1/p0,0,0,0/d1x0/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x3x3/s1x1/p0,0,0,0/d1x1/g0/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x3x3/s1x1/p0,0,0,0/d1x1/g2/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x99x99/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")]
    [InlineData("conv2d/1x3x8x8/4x3x9/s1x999/p0,0,0,0/d1x1/g1/blocked-blocked/v1")]
    public void Keys_of_what_no_convolution_can_be_are_refused(string key) => WeightedWorkload.TryParse(key).ShouldBeNull();

    [Fact]
    public void Spaces_are_rich()
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse("conv2d/1x64x56x56/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v16")!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(3);
        int valid = Enumerable.Range(0, 20_000).Count(_ => space.IsValid(random.NextInt64(space.Count)));
        (space.Count * (valid / 20_000.0)).ShouldBeGreaterThan(1e4);
    }

    [Fact]
    public void Winograd_points_are_among_the_valid_ones_of_a_3x3_convolution()
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse("conv2d/1x64x56x56/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v16")!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(3);
        long[] valid = [.. ValidPoints(space, random, 400)];
        valid.Count(i => space[i].Algorithm!.StartsWith("winograd", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
        valid.Count(i => !space[i].Algorithm!.StartsWith("winograd", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Strassen_points_of_both_depths_are_among_the_valid_ones_of_a_pointwise_convolution()
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse("conv2d/1x512x14x14/512x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v16")!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        string[] algorithms = [.. ValidPoints(space, new Random(3), 500).Select(i => space[i].Label("algorithm"))];
        algorithms.Count(a => a == "strassen").ShouldBeGreaterThan(5);
        algorithms.Count(a => a == "strassen2").ShouldBeGreaterThan(5);
        algorithms.Count(a => a == "direct").ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Suggestions_are_valid_and_of_different_algorithms()
    {
        foreach (string key in new[]
        {
            "conv2d/1x512x14x14/512x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v16",
            "conv2d/1x64x27x27/192x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v8",
        })
        {
            ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
            Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
            long[] points = [.. KernelTemplates.SuggestedIndices(w, space, HostTarget.Of(w.Lanes))];
            points.Length.ShouldBeGreaterThan(1);
            points.ShouldAllBe(point => space.IsValid(point) && !IsDirect(space[point]));
            points.ShouldBeUnique();
        }
    }

    private static bool IsDirect(Configuration c) => c.Algorithm is "direct" or "depthwise";

    private static IEnumerable<long> ValidPoints(Space space, Random random, int count)
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

    private static void Compare(float[] actual, float[] expected, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= 1e-4f * Math.Max(1, Math.Abs(expected[i]))))
            {
                throw new InvalidOperationException($"{what}: element {i} is {actual[i]}, expected {expected[i]}.");
            }
        }

        actual.Length.ShouldBe(expected.Length);
    }
}
