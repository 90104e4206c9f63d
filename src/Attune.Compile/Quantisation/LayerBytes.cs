using Attune.Graph.Passes.Quantised;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>Weights and bias of a layer in integers: signed bytes from -127 to 127 with a scale per output channel, 32 bits in units of both scales.</summary>
/// <param name="Elements">The weights.</param>
/// <param name="Scales">Their scales.</param>
/// <param name="Bias">The bias; null when there is none.</param>
/// <param name="Units">Scales of the bias: those of the weights times that of the input.</param>
internal sealed record LayerBytes(Tensor Elements, Tensor Scales, Tensor? Bias, Tensor Units)
{
    // A quarter of what 32 bits hold, so that sums of products have room beside it.
    private const double LargestBias = 1 << 29;
    private const float LargestWeight = 127;

    /// <summary>A layer whose weights have no values; plans want bytes nevertheless.</summary>
    /// <param name="shape">Shape of its weights.</param>
    /// <param name="hasBias">Whether it has a bias.</param>
    /// <param name="axis">Axis of the output channels.</param>
    public static LayerBytes Sketch(Shape shape, bool hasBias, int axis)
    {
        float[] ones = new float[shape[axis]];
        Array.Fill(ones, 1);
        Tensor? bias = hasBias ? Tensor.Vector(new int[ones.Length]) : null;
        return new LayerBytes(Tensor.Zeros(DataType.Int8, shape), Tensor.Vector(ones), bias, Tensor.Vector(ones));
    }

    /// <summary>Rounds a layer.</summary>
    /// <param name="weights">Its weights as floats, all finite.</param>
    /// <param name="bias">Its bias, one number for each output channel, all finite; null for none.</param>
    /// <param name="axis">Axis of the output channels.</param>
    /// <param name="input">Scale of its input.</param>
    public static LayerBytes Of(Tensor weights, Tensor? bias, int axis, float input)
    {
        float[] numbers = weights.Elements<float>();
        float[]? summands = bias?.Elements<float>();
        int channels = weights.Shape[axis];
        int inner = (int)weights.Shape.Dimensions.Skip(axis + 1).Aggregate(1L, static (product, extent) => product * extent);
        var scales = new float[channels];
        for (int i = 0; i < numbers.Length; i++)
        {
            int channel = i / inner % channels;
            scales[channel] = Math.Max(scales[channel], Math.Abs(numbers[i]) / LargestWeight);
        }

        for (int channel = 0; channel < channels; channel++)
        {
            // A bias that is huge beside its weights makes their steps wider.
            float least = summands is null ? 0 : (float)(Math.Abs((double)summands[channel]) / (input * LargestBias));
            scales[channel] = Math.Max(scales[channel], least);
            if (!ByteScale.IsSound(scales[channel]) || !ByteScale.IsSound(scales[channel] * input))
            {
                scales[channel] = 1;
            }
        }

        var elements = new sbyte[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            double steps = Math.Round((double)numbers[i] / scales[i / inner % channels], MidpointRounding.ToEven);
            elements[i] = (sbyte)Math.Clamp(steps, -LargestWeight, LargestWeight);
        }

        float[] units = [.. scales.Select(scale => scale * input)];
        int[]? rounded = summands is null ? null
            : [.. summands.Select((summand, channel) => (int)Math.Round((double)summand / units[channel], MidpointRounding.ToEven))];
        return new LayerBytes(Tensor.Of(weights.Shape, elements), Tensor.Vector(scales), rounded is null ? null : Tensor.Vector(rounded), Tensor.Vector(units));
    }
}
