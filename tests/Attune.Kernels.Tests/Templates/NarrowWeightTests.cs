using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

public sealed class NarrowWeightTests
{
    public static TheoryData<string> Workloads()
    {
        var keys = new TheoryData<string>();
        foreach (int lanes in new[] { 4, 8, 16 })
        {
            foreach (string format in new[] { "f16", "i8" })
            {
                keys.Add($"dense/1x{(lanes * 5) + 3}x1x1/{(lanes * 4) + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/{format}");
                keys.Add($"dense/1x{lanes * 6}x1x1/{lanes * 12}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/{format}");
                keys.Add($"dense/1x{lanes * 3}x1x9/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{lanes}/{format}");
                keys.Add($"conv2d/1x{(lanes * 2) + 3}x7x7/{lanes + 5}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}/{format}");
                keys.Add($"conv2d/1x{lanes * 4}x1x45/{lanes * 4}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}/{format}");
                keys.Add($"conv2d/2x{lanes * 2}x11x12/{lanes * 2}x1x1/s2x2/p0,0,0,0/d1x1/g1/blocked-blocked/v{lanes}/{format}");
                keys.Add($"conv2d/1x3x9x7/{lanes * 2}x1x1/s1x1/p0,0,0,0/d1x1/g1/planar-blocked/v{lanes}/{format}");
            }
        }

        return keys;
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    [Trait(Category.Name, Category.Slow)]
    public void Every_configuration_computes_with_the_rounded_weights(string key)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key).ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(23);
        float[] x = TemplateRun.Random(random, (long)w.Batch * w.InChannels * w.Height * w.Width);
        StoredWeights weights = Weights(w, random);
        float[] bias = TemplateRun.Random(random, w.OutChannels);
        float[] residual = TemplateRun.Random(random, (long)w.Batch * w.OutChannels * w.OutHeight * w.OutWidth);
        float[] expected = NaiveConvolution.Run(w, x, weights.Widen(), bias, residual);
        long[] points = [KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes)), .. KernelTemplates.SuggestedIndices(
            w, space, HostTarget.Of(w.Lanes)), .. ValidPoints(space, random, 30)];
        points.Select(point => WeightPacking.FormatOf(w, space[point])).Distinct().Count().ShouldBe(2);
        foreach (long index in points)
        {
            space.IsValid(index).ShouldBeTrue();
            Compare(
                TemplateRun.Execute(w, space[index], x, weights, bias, residual, compiled: true, parts: 1 + (int)(index % 3)),
                expected,
                $"{key} {space[index]}");
        }

        foreach (long index in points.Where(point => WeightPacking.FormatOf(w, space[point]) != WeightFormat.F32).Take(2))
        {
            Compare(TemplateRun.Execute(w, space[index], x, weights, bias, residual, compiled: false), expected, $"interpreter {key} {space[index]}");
        }
    }

    [Fact]
    public void Weights_by_rows_of_the_reduction_give_the_same_packed_bytes()
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse("dense/1x37x1x1/21x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/i8")!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        float[] byChannel = TemplateRun.Random(new Random(2), w.WeightCount);
        float[] byRow = [.. Enumerable.Range(0, byChannel.Length).Select(i => byChannel[((i % 21) * 37) + (i / 21)])];
        StoredWeights first = StoredWeights.Convert(byChannel, 21, channelsLast: false, WeightFormat.I8).Value!;
        StoredWeights second = StoredWeights.Convert(byRow, 21, channelsLast: true, WeightFormat.I8).Value!;
        second.Scales.ShouldBe(first.Scales);
        foreach (long index in new[]
        {
            KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes)),
            KernelTemplates.SuggestedIndices(w, space, HostTarget.Of(w.Lanes)).Last(),
        })
        {
            Packed(w, space[index], second).ShouldBe(Packed(w, space[index], first));
        }
    }

    [Fact]
    public void Narrow_weights_take_a_half_and_a_quarter_of_the_memory()
    {
        const string Key = "dense/1x1024x1x1/512x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v16";
        long[] counts = [.. new[] { string.Empty, "/f16", "/i8" }.Select(suffix =>
        {
            ConvolutionWorkload w = ConvolutionWorkload.TryParse(Key + suffix)!;
            Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
            return WeightPacking.PackedCount(w, space[KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))]);
        })];
        counts.ShouldBe([512 * 1024, (512 * 1024 / 2) + 512, (512 * 1024 / 4) + 512]);
    }

    [Fact]
    public void Keys_of_32_bit_weights_are_as_before_and_others_name_their_format()
    {
        const string Key = "conv2d/1x64x1x196/128x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v16";
        ConvolutionWorkload.TryParse(Key).ShouldNotBeNull().Weights.ShouldBe(WeightFormat.F32);
        ConvolutionWorkload narrow = ConvolutionWorkload.TryParse($"{Key}/f16").ShouldNotBeNull();
        narrow.Weights.ShouldBe(WeightFormat.F16);
        narrow.Title.ShouldEndWith(" f16");
        narrow.Key.ShouldBe($"{Key}/f16");
        ConvolutionWorkload.TryParse($"{Key}/f32").ShouldBeNull();
        ConvolutionWorkload.TryParse($"{Key}/i4").ShouldBeNull();
    }

    [Theory]
    [InlineData("conv2d/1x64x14x14/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v16/f16")]
    [InlineData("depthwise2d/1x64x14x14/64x1x1/s1x1/p0,0,0,0/d1x1/g64/blocked-blocked/v16/i8")]
    public void Other_layers_have_no_narrow_weights(string key) => ConvolutionWorkload.TryParse(key).ShouldBeNull();

    /// <summary>Random weights of very different magnitudes from channel to channel; one channel is zero.</summary>
    private static StoredWeights Weights(ConvolutionWorkload w, Random random)
    {
        float[] weights = TemplateRun.Random(random, w.WeightCount);
        int depth = (int)(w.WeightCount / w.OutChannels);
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = i / depth;
            weights[i] *= channel == 1 ? 0 : MathF.ScaleB(1, (channel % 5) - 2);
        }

        return StoredWeights.Convert(weights, w.OutChannels, channelsLast: false, w.Weights).Value.ShouldNotBeNull();
    }

    private static unsafe float[] Packed(ConvolutionWorkload w, Configuration configuration, StoredWeights weights)
    {
        var packed = new float[WeightPacking.PackedCount(w, configuration)];
        fixed (float* target = packed)
        {
            WeightPacking.Pack(w, configuration, weights, target, 2);
        }

        return packed;
    }

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
        actual.Length.ShouldBe(expected.Length);
        float scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            (Math.Abs(actual[i] - expected[i]) <= 1e-5f * scale).ShouldBeTrue($"{what}: element {i} is {actual[i]}, expected {expected[i]}.");
        }
    }
}
