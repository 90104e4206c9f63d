using System.Runtime.InteropServices;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

/// <summary>
/// A layer of brain floats with values, and what it gives by its definition, in double precision: sums of products, bias and residual, the activation, and the
/// rounding of the output. What a kernel may differ by follows from the roundings of its sums.
/// </summary>
internal sealed class BrainFloatLayer
{
    // Every step of a sum rounds once, by half a unit in the last place at most.
    private const double RoundingOfSums = 1.0 / (1 << 24);
    private const double RoundingOfOutput = 1.0 / (1 << 8);

    // Slopes of all activations, and what is lost in approximating them.
    private const double LargestSlope = 1.5;
    private const double ApproximationError = 2e-6;
    private readonly BFloat16Workload w;
    private readonly float[] x;
    private readonly float[] weights;
    private readonly float[] bias;
    private readonly float[] residual;
    private readonly bool narrowResidual;

    public BrainFloatLayer(BFloat16Workload w, Epilogue epilogue, bool narrowResidual, int seed)
    {
        this.w = w;
        this.narrowResidual = narrowResidual;
        Epilogue = epilogue;
        var random = new Random(seed);
        x = Brains(random, w.Batch * w.InChannels * w.Height * w.Width);
        weights = Brains(random, (int)w.WeightCount);
        bias = [.. Enumerable.Range(0, w.OutChannels).Select(_ => random.NextSingle() - 0.5f)];
        residual = narrowResidual ? Brains(random, OutputCount) : [.. Enumerable.Range(0, OutputCount).Select(_ => random.NextSingle() - 0.5f)];
        Weights = new StoredWeights(WeightFormat.BF16, Array.ConvertAll(weights, BFloat16.FromSingle), [.. bias.Select(_ => 1f)], ChannelsLast: false);
    }

    public BFloat16Workload Workload => w;

    public Epilogue Epilogue { get; }

    public StoredWeights Weights { get; }

    private int OutputCount => w.Batch * w.OutChannels * w.OutHeight * w.OutWidth;

    /// <summary>The weights of a matrix product with the output channels last.</summary>
    public StoredWeights Transposed()
    {
        var turned = new BFloat16[weights.Length];
        for (int at = 0; at < weights.Length; at++)
        {
            turned[(at % w.InChannels * w.OutChannels) + (at / w.InChannels)] = BFloat16.FromSingle(weights[at]);
        }

        return Weights with { Elements = turned, ChannelsLast = true };
    }

    /// <summary>The biases, padded with numbers that no output may contain.</summary>
    public float[] PaddedBias()
    {
        var padded = new float[WeightPacking.BiasCount(w)];
        Array.Fill(padded, 1e6f);
        bias.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>The input in its layout: the halo is zeros, other channels that do not exist hold anything finite.</summary>
    public float[] LaidInput(ActivationView view)
    {
        var laid = new BFloat16[(w.Batch * view.Batch) + 64];
        if (w.Padding.IsEmpty)
        {
            Array.Fill(laid, BFloat16.FromSingle(77));
        }

        LayerWalk.ForEach(w, w.InChannels, w.Height, w.Width, (n, c, h, v, at) => laid[LayerWalk.Place(w, view, n, c, h, v)] = BFloat16.FromSingle(x[at]));
        return MemoryMarshal.Cast<BFloat16, float>(laid).ToArray();
    }

    /// <summary>The residual in its layout.</summary>
    public float[] LaidResidual(ActivationView view)
    {
        var laid = new float[(w.Batch * view.Batch) + 64];
        Span<BFloat16> narrow = MemoryMarshal.Cast<float, BFloat16>(laid.AsSpan());
        for (int at = 0; at < (narrowResidual ? narrow.Length : 0); at++)
        {
            narrow[at] = BFloat16.FromSingle(55);
        }

        LayerWalk.ForEach(w, w.OutChannels, w.OutHeight, w.OutWidth, (n, c, h, v, at) =>
        {
            long place = LayerWalk.Place(w, view, n, c, h, v);
            if (narrowResidual)
            {
                MemoryMarshal.Cast<float, BFloat16>(laid.AsSpan())[(int)place] = BFloat16.FromSingle(residual[at]);
            }
            else
            {
                laid[place] = residual[at];
            }
        });
        return laid;
    }

    /// <summary>Demands that a kernel wrote what the definition says.</summary>
    public void Check(ActivationView view, float[] output, string what)
    {
        BFloat16[] brains = MemoryMarshal.Cast<float, BFloat16>(output).ToArray();
        LayerWalk.ForEach(w, w.OutChannels, w.OutHeight, w.OutWidth, (n, o, h, v, at) =>
        {
            long place = LayerWalk.Place(w, view, n, o, h, v);
            float actual = w.OutputElement == DataType.BFloat16 ? brains[place].ToSingle() : output[place];
            (double sum, double magnitude, int terms) = Sum(n, o, h, v);
            if (Epilogue.HasBias)
            {
                (sum, magnitude, terms) = (sum + bias[o], magnitude + Math.Abs(bias[o]), terms + 1);
            }

            if (Epilogue.HasResidual)
            {
                (sum, magnitude, terms) = (sum + residual[at], magnitude + Math.Abs(residual[at]), terms + 1);
            }

            double expected = Activated(sum);
            double allowed = (LargestSlope * terms * RoundingOfSums * magnitude) + (Epilogue.Activation is "none" or "relu" or "clip" ? 0 : ApproximationError);
            allowed += w.OutputElement == DataType.BFloat16 ? RoundingOfOutput * (Math.Abs(expected) + allowed) : 0;
            if (!(Math.Abs(actual - expected) <= allowed))
            {
                throw new InvalidOperationException($"{what}: output {n},{o},{h},{v} is {actual}, not {expected} within {allowed}.");
            }
        });
    }

    private double Activated(double number) => Epilogue.Activation switch
    {
        "none" => number,
        "relu" => Math.Max(0, number),
        "clip" => Math.Min(Epilogue.Beta, Math.Max(Epilogue.Alpha, number)),
        "leaky_relu" => number < 0 ? Epilogue.Alpha * number : number,
        "sigmoid" => 1 / (1 + Math.Exp(-number)),
        "silu" => number / (1 + Math.Exp(-number)),
        "hard_sigmoid" => Math.Clamp((Epilogue.Alpha * number) + Epilogue.Beta, 0, 1),
        "hard_swish" => number * Math.Clamp((number / 6) + 0.5, 0, 1),
        "tanh" => Math.Tanh(number),
        _ => throw new ArgumentOutOfRangeException(nameof(number), Epilogue.Activation, "No definition here."),
    };

    private (double Sum, double Magnitude, int Terms) Sum(int n, int o, int h, int v)
    {
        double sum = 0;
        double magnitude = 0;
        LayerWalk.Products(w, n, o, h, v, (input, weight) =>
        {
            double product = (double)x[input] * weights[weight];
            sum += product;
            magnitude += Math.Abs(product);
        });
        return (sum, magnitude, w.GroupInChannels * w.KernelHeight * w.KernelWidth);
    }

    private static float[] Brains(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => BFloat16.FromSingle((random.NextSingle() * 2) - 1).ToSingle())];
}
