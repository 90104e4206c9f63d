using Attune.Devices;

namespace Attune.Kernels;

/// <summary>
/// Weights in a narrow format with one scale per output channel: weight = element * scale. Halves are scaled by a power of two that puts the largest magnitude
/// of their channel between 2^14 and 2^15, so none overflows, and what would be a denormal half is below 2^-28 of that magnitude and becomes zero. Bytes are
/// symmetric: the largest magnitude is 127. A channel of zeros has scale 0. Immutable.
/// </summary>
/// <param name="Format">F16, I8 or BF16.</param>
/// <param name="Elements">Half[], sbyte[] or BFloat16[].</param>
/// <param name="Scales">One scale per output channel; 1 for brain floats, which have none.</param>
/// <param name="ChannelsLast">Elements are [depth][channel], else [channel][depth].</param>
internal sealed record StoredWeights(WeightFormat Format, Array Elements, float[] Scales, bool ChannelsLast)
{
    private const int TopExponent = 14;

    // Kernels multiply the scale by 2^112 (see IlLowering), which must stay finite.
    private const int LargestExponent = 29;
    private const int SmallestExponent = -112;

    /// <summary>Weights per output channel.</summary>
    public int Depth => Scales.Length == 0 ? 0 : Elements.Length / Scales.Length;

    /// <summary>Rounds weights to a format; the reason when the format cannot hold them.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="channels">Output channels; divides the number of weights.</param>
    /// <param name="channelsLast">The weights are [depth][channel], else [channel][depth].</param>
    /// <param name="format">F16, I8 or BF16.</param>
    public static Result<StoredWeights, string> Convert(float[] weights, int channels, bool channelsLast, WeightFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(format, WeightFormat.F32);
        float[] largest = Largest(weights, channels, channelsLast);
        if (largest.Any(magnitude => !float.IsFinite(magnitude)))
        {
            return "it has weights that are infinite or no numbers";
        }

        if (format == WeightFormat.BF16)
        {
            BFloat16[] brains = Array.ConvertAll(weights, BFloat16.FromSingle);
            return Array.Exists(brains, brain => !float.IsFinite(brain.ToSingle()))
                ? "it has weights beyond what brain floats hold"
                : new StoredWeights(format, brains, Ones(channels), channelsLast);
        }

        if (format == WeightFormat.F16 && largest.Any(magnitude => magnitude >= MathF.ScaleB(1, LargestExponent + 1)))
        {
            return $"it has weights of 2^{LargestExponent + 1} or more";
        }

        if (format == WeightFormat.F16)
        {
            float[] scales = Array.ConvertAll(
                largest, magnitude => magnitude == 0 ? 0 : MathF.ScaleB(1, Math.Max(SmallestExponent, MathF.ILogB(magnitude)) - TopExponent));
            return new StoredWeights(format, Round(weights, scales, channelsLast, ToHalf), scales, channelsLast);
        }

        // A scale that is no normal number would lose digits; such a channel is zero for every purpose.
        float[] steps = Array.ConvertAll(largest, magnitude => magnitude / 127 < 1.17549435e-38f ? 0 : magnitude / 127);
        return new StoredWeights(format, Round(weights, steps, channelsLast, ToByte), steps, channelsLast);
    }

    /// <summary>Reads the weights of a fused node: input 1 holds the elements, input 4 the scales.</summary>
    /// <param name="weights">The elements.</param>
    /// <param name="scales">The scales, or null when the node has none.</param>
    /// <param name="channelsLast">As <see cref="ChannelsLast"/>.</param>
    /// <returns>Null when the elements are of no narrow format, or the scales do not fit them.</returns>
    public static StoredWeights? Of(Tensor weights, Tensor? scales, bool channelsLast)
    {
        WeightFormat? format = WeightFormats.Of(weights.Element);
        bool fits = format is WeightFormat.F16 or WeightFormat.I8 && weights.Shape.Rank >= 2 && scales is { Element: DataType.Float32, Shape.Rank: 1 }
            && scales.Count == weights.Shape[channelsLast ? weights.Shape.Rank - 1 : 0];
        return fits ? new StoredWeights(format!.Value, weights.Data, scales!.Elements<float>(), channelsLast) : null;
    }

    /// <summary>Weights of a layer that multiplies brain floats, without scales.</summary>
    /// <param name="weights">The elements, brain floats.</param>
    /// <param name="channelsLast">As <see cref="ChannelsLast"/>.</param>
    public static StoredWeights OfBrainFloats(Tensor weights, bool channelsLast)
    {
        int channels = weights.Shape[channelsLast ? weights.Shape.Rank - 1 : 0];
        return new StoredWeights(WeightFormat.BF16, weights.Elements<BFloat16>(), Ones(channels), channelsLast);
    }

    /// <summary>The weights as 32-bit floats, in the order of the elements.</summary>
    public float[] Widen() => Elements switch
    {
        Half[] halves => Map(halves, Scales, ChannelsLast, (half, scale) => (float)half * scale),
        sbyte[] bytes => Map(bytes, Scales, ChannelsLast, (number, scale) => number * scale),
        BFloat16[] brains => Array.ConvertAll(brains, brain => brain.ToSingle()),
        _ => throw new InvalidOperationException($"Weights cannot be stored as {Elements.GetType().Name}."),
    };

    private static float[] Ones(int channels)
    {
        var ones = new float[channels];
        Array.Fill(ones, 1);
        return ones;
    }

    private static float[] Largest(float[] weights, int channels, bool channelsLast)
    {
        var largest = new float[channels];
        int depth = channels == 0 ? 0 : weights.Length / channels;
        Parallel.For(0, channels, channel =>
        {
            long at = channelsLast ? channel : (long)channel * depth;
            int step = channelsLast ? channels : 1;
            float max = 0;
            for (int i = 0; i < depth; i++, at += step)
            {
                // Max hands NaN on, so one that is no number is found.
                max = Math.Max(max, Math.Abs(weights[at]));
            }

            largest[channel] = max;
        });
        return largest;
    }

    private static T[] Round<T>(float[] weights, float[] scales, bool channelsLast, Func<double, T> round) =>
        Map(weights, scales, channelsLast, (weight, scale) => scale == 0 ? round(0) : round((double)weight / scale));

    private static TTo[] Map<TFrom, TTo>(TFrom[] from, float[] scales, bool channelsLast, Func<TFrom, float, TTo> map)
    {
        var to = new TTo[from.Length];
        int channels = scales.Length;
        int rows = channels == 0 ? 0 : channelsLast ? from.Length / channels : channels;
        int length = rows == 0 ? 0 : from.Length / rows;
        Parallel.For(0, rows, row =>
        {
            for (int i = 0; i < length; i++)
            {
                long at = ((long)row * length) + i;
                to[at] = map(from[at], scales[channelsLast ? i : row]);
            }
        });
        return to;
    }

    private static Half ToHalf(double value)
    {
        // From a double, since a float in between would round twice. The quotient by a power of two is exact.
        var half = (Half)value;
        return Half.IsNormal(half) ? half : default;
    }

    private static sbyte ToByte(double value) => (sbyte)Math.Clamp(Math.Round(value, MidpointRounding.ToEven), -127, 127);
}
