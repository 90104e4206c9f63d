namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// The numbers that turn integer sums of a layer into its output, in the memory of the layer's bias: for every output channel where its sum starts, a factor
/// and a summand, then numbers for all channels. With x the input, w the weights, s their scales and b the bias, a channel's number is
/// (sum of (x - zero of x) w) s_x s_w + b; the part with the zero does not depend on the input and is where the sum starts. An output of bytes divides by its
/// scale, which factor and summand contain already where the activation commutes with a positive factor. Kernels of equal programs serve all layers of a shape.
/// </summary>
internal static class RequantizationTable
{
    /// <summary>Largest number before it is rounded: far beyond a byte, and far below where conversions to integers wrap.</summary>
    public const float MaxRounded = 1 << 20;

    /// <summary>Numbers for all channels: zero of the output (an integer), lower and upper bound, one over the scale of the output, zero and factor
    /// of the residual.</summary>
    private const int Numbers = 16;

    /// <summary>Floats of the table.</summary>
    /// <param name="w">Workload.</param>
    public static int Count(QuantizedWorkload w) => (3 * Padded(w)) + Numbers;

    /// <summary>Where the factors begin, behind what the sums start with.</summary>
    public static int Factors(QuantizedWorkload w) => Padded(w);

    /// <summary>Where the summands begin.</summary>
    public static int Summands(QuantizedWorkload w) => 2 * Padded(w);

    /// <summary>Where the zero of the output is.</summary>
    public static int Zero(QuantizedWorkload w) => 3 * Padded(w);

    /// <summary>Where the lower bound of a clip is.</summary>
    public static int Lower(QuantizedWorkload w) => Zero(w) + 1;

    /// <summary>Where the upper bound of a clip is.</summary>
    public static int Upper(QuantizedWorkload w) => Zero(w) + 2;

    /// <summary>Where one over the scale of the output is.</summary>
    public static int Inverse(QuantizedWorkload w) => Zero(w) + 3;

    /// <summary>Where the zero of a residual of bytes is.</summary>
    public static int ResidualZero(QuantizedWorkload w) => Zero(w) + 4;

    /// <summary>Where the factor of the residual is.</summary>
    public static int ResidualFactor(QuantizedWorkload w) => Zero(w) + 5;

    /// <summary>True when an activation may be applied to numbers that are divided by the output's scale.</summary>
    /// <param name="activation">Name as in <see cref="FusedOperators.Activation"/>.</param>
    public static bool Commutes(string activation) => activation is "none" or "relu" or "clip";

    /// <summary>Makes the table of a layer.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="bias">One number for every output channel; null for none.</param>
    /// <param name="input">Scale of the input.</param>
    /// <param name="output">Scale of the output; null when it is floats.</param>
    /// <param name="epilogue">Its activation.</param>
    /// <param name="residual">Scale of the residual; null when it is floats, or there is none.</param>
    public static float[] Of(
        QuantizedWorkload w,
        StoredWeights weights,
        float[]? bias,
        QuantizationScale input,
        QuantizationScale? output,
        Epilogue epilogue,
        QuantizationScale? residual = null)
    {
        var table = new float[Count(w)];
        int[] sums = SumsOf(weights, w.OutChannels);
        double divisor = output is { } bytes && Commutes(epilogue.Activation) ? bytes.Scale : 1;
        for (int channel = 0; channel < w.OutChannels; channel++)
        {
            table[channel] = BitConverter.Int32BitsToSingle(-input.Zero * sums[channel]);
            table[Factors(w) + channel] = (float)((double)input.Scale * weights.Scales[channel] / divisor);
            table[Summands(w) + channel] = bias is null ? 0 : (float)(bias[channel] / divisor);
        }

        table[Zero(w)] = BitConverter.Int32BitsToSingle(output?.Zero ?? 0);
        table[Lower(w)] = (float)(epilogue.Alpha / divisor);
        table[Upper(w)] = (float)(epilogue.Beta / divisor);
        table[ResidualZero(w)] = residual?.Zero ?? 0;
        table[ResidualFactor(w)] = (float)((residual?.Scale ?? 1) / divisor);
        table[Inverse(w)] = output is { } scaled ? (float)(1.0 / scaled.Scale) : 1;
        return table;
    }

    /// <summary>
    /// Turns the table of an input whose scale is one and whose zero is 0 into that of a scale and a zero known when the network runs, for some channels.
    /// </summary>
    /// <param name="w">Workload.</param>
    /// <param name="unit">The table of scale one.</param>
    /// <param name="sums">Sum of the weights of each output channel.</param>
    /// <param name="scale">Scale of the input.</param>
    /// <param name="zero">What stands for 0 in it.</param>
    /// <param name="channels">Channels to write.</param>
    /// <param name="table">Where; whoever writes the last channel writes the numbers for all channels.</param>
    public static void Rescale(QuantizedWorkload w, float[] unit, int[] sums, float scale, byte zero, Range channels, Span<float> table)
    {
        (int first, int count) = channels.GetOffsetAndLength(w.OutChannels);
        int factors = Factors(w);
        for (int channel = first; channel < first + count; channel++)
        {
            table[channel] = BitConverter.Int32BitsToSingle(-zero * sums[channel]);
            table[factors + channel] = unit[factors + channel] * scale;
        }

        unit.AsSpan(Summands(w) + first, count).CopyTo(table[(Summands(w) + first)..]);
        if (first + count == w.OutChannels)
        {
            // Channels up to a whole vector are computed like any others.
            int rest = Padded(w) - w.OutChannels;
            table.Slice(w.OutChannels, rest).Clear();
            table.Slice(factors + w.OutChannels, rest).Clear();
            table.Slice(Summands(w) + w.OutChannels, rest).Clear();
            unit.AsSpan(Zero(w), Numbers).CopyTo(table[Zero(w)..]);
        }
    }

    /// <summary>Sum of the weights of each output channel.</summary>
    /// <param name="weights">Weights of bytes.</param>
    /// <param name="channels">Output channels.</param>
    public static int[] SumsOf(StoredWeights weights, int channels) => SumsOf((sbyte[])weights.Elements, channels, weights.ChannelsLast);

    private static int[] SumsOf(sbyte[] weights, int channels, bool channelsLast)
    {
        var sums = new int[channels];
        int depth = channels == 0 ? 0 : weights.Length / channels;
        for (int at = 0; at < weights.Length; at += channelsLast ? channels : depth)
        {
            if (channelsLast)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    sums[channel] += weights[at + channel];
                }
            }
            else
            {
                foreach (sbyte weight in weights.AsSpan(at, depth))
                {
                    sums[at / depth] += weight;
                }
            }
        }

        return sums;
    }

    private static int Padded(QuantizedWorkload w) => (w.OutChannels + w.Lanes - 1) / w.Lanes * w.Lanes;
}
