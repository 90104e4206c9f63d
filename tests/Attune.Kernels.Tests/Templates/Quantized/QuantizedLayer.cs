using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Kernels.Tests.Templates.Quantized;

/// <summary>A quantised layer with values, and what it gives by its definition: integers summed up one by one, then one number after the other.</summary>
internal sealed class QuantizedLayer
{
    private readonly QuantizedWorkload w;
    private readonly byte[] x;
    private readonly float[] bias;

    public QuantizedLayer(QuantizedWorkload w, Epilogue epilogue, int seed)
    {
        this.w = w;
        Epilogue = epilogue;
        var random = new Random(seed);
        x = new byte[w.Batch * w.InChannels * w.Height * w.Width];
        random.NextBytes(x);
        int depth = w.GroupInChannels * w.KernelHeight * w.KernelWidth;
        sbyte[] weights = [.. Enumerable.Range(0, (int)w.WeightCount).Select(_ => (sbyte)random.Next(-128, 128))];
        float[] scales = [.. Enumerable.Range(0, w.OutChannels).Select(_ => 0.001f + (0.01f * random.NextSingle()))];
        Weights = new StoredWeights(WeightFormat.I8, weights, scales, ChannelsLast: false);
        bias = [.. scales.Select(_ => random.NextSingle() - 0.5f)];
        Input = new QuantizationScale(0.02f, (byte)random.Next(256));

        // A scale that makes some of the results leave what bytes can hold.
        Output = w.OutputElement == DataType.UInt8 ? new QuantizationScale(MathF.Sqrt(depth) * 0.0004f * 128, (byte)random.Next(256)) : null;
        Table = RequantizationTable.Of(w, Weights, bias, Input, Output, epilogue);
    }

    public QuantizedWorkload Workload => w;

    public Epilogue Epilogue { get; }

    public StoredWeights Weights { get; }

    public QuantizationScale Input { get; }

    public QuantizationScale? Output { get; }

    public float[] Table { get; }

    /// <summary>The input in its layout, with the halo that stands for zero.</summary>
    public byte[] Laid(ActivationView view)
    {
        var laid = new byte[((w.Batch * view.Batch) + 15) / 16 * 16];
        Array.Fill(laid, Input.Zero);
        LayerWalk.ForEach(w, w.InChannels, w.Height, w.Width, (n, c, h, v, at) => laid[LayerWalk.Place(w, view, n, c, h, v)] = x[at]);
        return laid;
    }

    /// <summary>What a kernel wrote, in the order of the definition.</summary>
    public float[] Read(ActivationView view, ReadOnlyMemory<float> floats, ReadOnlyMemory<byte> bytes)
    {
        var read = new float[w.Batch * w.OutChannels * w.OutHeight * w.OutWidth];
        LayerWalk.ForEach(w, w.OutChannels, w.OutHeight, w.OutWidth, (n, c, h, v, at) =>
        {
            int place = (int)LayerWalk.Place(w, view, n, c, h, v);
            read[at] = w.OutputElement == DataType.UInt8 ? bytes.Span[place] : floats.Span[place];
        });
        return read;
    }

    /// <summary>The definition: bytes as numbers, or floats.</summary>
    public float[] Expected()
    {
        var y = new float[w.Batch * w.OutChannels * w.OutHeight * w.OutWidth];
        float divisor = Output is { } output && RequantizationTable.Commutes(Epilogue.Activation) ? output.Scale : 1;
        LayerWalk.ForEach(w, w.OutChannels, w.OutHeight, w.OutWidth, (n, o, h, v, at) =>
        {
            float factor = (float)((double)Input.Scale * Weights.Scales[o] / divisor);
            float number = MathF.FusedMultiplyAdd(Sum(n, o, h, v), factor, (float)((double)bias[o] / divisor));
            number = Epilogue.Activation switch
            {
                "relu" => Math.Max(0, number),
                "clip" => Math.Min((float)((double)Epilogue.Beta / divisor), Math.Max((float)((double)Epilogue.Alpha / divisor), number)),
                "sigmoid" => (float)(1 / (1 + Math.Exp(-number))),
                _ => number,
            };
            if (Output is not { } scale)
            {
                y[at] = number;
                return;
            }

            float scaled = !RequantizationTable.Commutes(Epilogue.Activation) ? number * (float)(1.0 / scale.Scale) : number;
            y[at] = Math.Clamp((int)MathF.Round(Math.Min(1 << 20, scaled), MidpointRounding.ToEven) + scale.Zero, 0, 255);
        });
        return y;
    }

    private int Sum(int n, int o, int h, int v)
    {
        int sum = 0;
        var weights = (sbyte[])Weights.Elements;
        LayerWalk.Products(w, n, o, h, v, (input, weight) => sum += (x[input] - Input.Zero) * weights[weight]);
        return sum;
    }
}
