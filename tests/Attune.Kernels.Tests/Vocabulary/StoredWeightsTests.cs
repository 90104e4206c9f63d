namespace Attune.Kernels.Tests.Vocabulary;

public sealed class StoredWeightsTests
{
    [Theory]
    [InlineData(WeightFormat.F16, false)]
    [InlineData(WeightFormat.F16, true)]
    [InlineData(WeightFormat.I8, false)]
    [InlineData(WeightFormat.I8, true)]
    public void Every_weight_is_off_by_at_most_the_rounding_error_of_its_channel(WeightFormat format, bool channelsLast)
    {
        const int Channels = 7;
        const int Depth = 53;
        var random = new Random(4);
        int ChannelOf(int i) => channelsLast ? i % Channels : i / Depth;
        float[] weights = [.. Enumerable.Range(0, Channels * Depth).Select(i => ((random.NextSingle() * 2) - 1) * MathF.ScaleB(1, (ChannelOf(i) * 9) - 30))];
        float[] stored = StoredWeights.Convert(weights, Channels, channelsLast, format).Value.ShouldNotBeNull().Widen();
        for (int channel = 0; channel < Channels; channel++)
        {
            int[] own = [.. Enumerable.Range(0, weights.Length).Where(i => ChannelOf(i) == channel)];
            double largest = own.Max(i => Math.Abs(weights[i]));
            own.Max(i => Math.Abs((double)stored[i] - weights[i])).ShouldBeLessThanOrEqualTo(largest * WeightFormats.RoundingError(format) * (1 + 1e-6));
        }
    }

    [Fact]
    public void Halves_round_to_nearest_even_relative_to_each_weight()
    {
        // 2048 fixes the scale at 2^-3 (11 - 14). One unit in the last place is then 2^-10 of a power of two.
        float[] weights = [2048, 1 + (1f / 2048), 1 + (3f / 2048), -(1 + (1f / 2048) + (1f / 65536)), 1 / 3f];
        float[] stored = StoredWeights.Convert(weights, 1, channelsLast: false, WeightFormat.F16).Value.ShouldNotBeNull().Widen();
        stored.ShouldBe([2048, 1, 1 + (2f / 1024), -(1 + (1f / 1024)), 1365 / 4096f]);
    }

    [Fact]
    public void Values_beyond_the_range_of_halves_are_scaled_and_none_becomes_infinite_or_denormal()
    {
        float[] weights = [1e6f, -70_000, 1, 1e6f * MathF.ScaleB(1, -31), 1e-9f, 2e-9f, -1e-9f, 0];
        StoredWeights stored = StoredWeights.Convert(weights, 2, channelsLast: false, WeightFormat.F16).Value.ShouldNotBeNull();
        ((Half[])stored.Elements).ShouldAllBe(half => half == default || Half.IsNormal(half));
        float[] wide = stored.Widen();
        wide[3].ShouldBe(0);
        wide[7].ShouldBe(0);
        Math.Abs(wide[5] - 2e-9f).ShouldBeLessThanOrEqualTo(2e-9f / 2048);
        Math.Abs(wide[0] - 1e6f).ShouldBeLessThanOrEqualTo(1e6f / 2048);
    }

    [Fact]
    public void Bytes_are_symmetric_and_the_largest_weight_of_a_channel_is_127_steps()
    {
        StoredWeights stored = StoredWeights.Convert([2.54f, -1.27f, 0.02f, -5.08f, 0, 0], 3, channelsLast: false, WeightFormat.I8).Value.ShouldNotBeNull();
        ((sbyte[])stored.Elements).ShouldBe(new sbyte[] { 127, -64, 0, -127, 0, 0 });
        stored.Scales[0].ShouldBe(0.02f, 1e-8f);
        stored.Scales[1].ShouldBe(0.04f, 1e-8f);
        stored.Scales[2].ShouldBe(0);
    }

    [Theory]
    [InlineData(float.NaN, WeightFormat.F16)]
    [InlineData(float.PositiveInfinity, WeightFormat.I8)]
    [InlineData(2e9f, WeightFormat.F16)]
    public void Weights_that_a_format_cannot_hold_are_refused_with_the_reason(float value, WeightFormat format)
    {
        StoredWeights.Convert([1, value], 2, channelsLast: false, format).Error.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Scales_of_another_length_do_not_fit()
    {
        Tensor weights = Tensor.Of(Shape.Of(2, 3), new sbyte[6]);
        StoredWeights.Of(weights, Tensor.Vector(1f, 2f), channelsLast: false).ShouldNotBeNull().Depth.ShouldBe(3);
        StoredWeights.Of(weights, Tensor.Vector(1f, 2f), channelsLast: true).ShouldBeNull();
        StoredWeights.Of(weights, null, channelsLast: false).ShouldBeNull();
        StoredWeights.Of(Tensor.Of(Shape.Of(2, 3), new float[6]), Tensor.Vector(1f, 2f), channelsLast: false).ShouldBeNull();
    }
}
