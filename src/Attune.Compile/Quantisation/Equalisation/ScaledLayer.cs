using Attune.Kernels;

namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>Weights of a layer whose channels are scaled, those that it reads and those that it makes. Not thread-safe.</summary>
internal sealed class ScaledLayer
{
    private readonly float[] weights;
    private readonly float[]? bias;
    private readonly Shape shape;
    private readonly int perGroup;
    private readonly int outputsPerGroup;
    private readonly int taps;
    private readonly bool outputsLast;

    // The largest of a kernel's weights, for every channel made and every channel of its group.
    private readonly float[] magnitudes;

    private ScaledLayer(Network network, Node node, float[]? bias)
    {
        Node = node;
        Tensor tensor = network.Constants[node.Inputs[1]];
        (weights, shape, this.bias) = (tensor.Elements<float>(), tensor.Shape, bias);
        outputsLast = node.Operator != "Conv" && node.Attributes.Int("transB", 0) == 0;
        int groups = node.Operator == "Conv" ? (int)node.Attributes.Int("group", 1) : 1;
        (Outputs, perGroup) = outputsLast ? (shape[1], shape[0]) : (shape[0], shape[1]);
        (Inputs, outputsPerGroup) = (perGroup * groups, Outputs / groups);
        taps = weights.Length / (Outputs * perGroup);
        (ReadFactors, MadeFactors) = (Ones(Inputs), Ones(Outputs));
        magnitudes = new float[Outputs * perGroup];
        for (int i = 0; i < weights.Length; i++)
        {
            (int made, int read) = At(i);
            ref float magnitude = ref magnitudes[(made * perGroup) + read];
            magnitude = Math.Max(magnitude, Math.Abs(weights[i]));
        }
    }

    /// <summary>The layer.</summary>
    public Node Node { get; }

    /// <summary>Channels that it reads.</summary>
    public int Inputs { get; }

    /// <summary>Channels that it makes.</summary>
    public int Outputs { get; }

    /// <summary>What the weights of every channel that is read are multiplied by.</summary>
    public double[] ReadFactors { get; }

    /// <summary>What the weights and the bias of every channel that is made are multiplied by.</summary>
    public double[] MadeFactors { get; }

    /// <summary>A layer, not scaled yet; null where it is none that can be.</summary>
    /// <param name="network">The network.</param>
    /// <param name="node">A convolution or matrix product with constant weights.</param>
    public static ScaledLayer? Of(Network network, Node node)
    {
        float[]? summands = node.Input(2).Length > 0 ? network.Constants[node.Inputs[2]].Elements<float>() : null;
        var layer = new ScaledLayer(network, node, summands);
        return layer.weights.Length > 0 && (summands is null || summands.Length == layer.Outputs) ? layer : null;
    }

    /// <summary>The largest weight, scaled, of every channel that is made.</summary>
    public double[] MadeRanges()
    {
        var ranges = new double[Outputs];
        for (int made = 0; made < Outputs; made++)
        {
            int first = made / outputsPerGroup * perGroup;
            for (int read = 0; read < perGroup; read++)
            {
                ranges[made] = Math.Max(ranges[made], magnitudes[(made * perGroup) + read] * ReadFactors[first + read] * MadeFactors[made]);
            }
        }

        return ranges;
    }

    /// <summary>The largest weight, scaled, of every channel that is read.</summary>
    public double[] ReadRanges()
    {
        var ranges = new double[Inputs];
        for (int made = 0; made < Outputs; made++)
        {
            int first = made / outputsPerGroup * perGroup;
            for (int read = 0; read < perGroup; read++)
            {
                ref double range = ref ranges[first + read];
                range = Math.Max(range, magnitudes[(made * perGroup) + read] * ReadFactors[first + read] * MadeFactors[made]);
            }
        }

        return ranges;
    }

    /// <summary>The weights with all factors.</summary>
    public Tensor Weights()
    {
        var scaled = new float[weights.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            (int made, int read) = At(i);
            scaled[i] = (float)(weights[i] * MadeFactors[made] * ReadFactors[(made / outputsPerGroup * perGroup) + read]);
        }

        return Tensor.Of(shape, scaled);
    }

    /// <summary>The bias with its factors; null where there is none.</summary>
    public Tensor? Bias() => bias is null ? null : Tensor.Vector([.. bias.Select((summand, made) => (float)(summand * MadeFactors[made]))]);

    private (int Made, int Read) At(int element) => outputsLast ? (element % Outputs, element / Outputs)
        : (element / (perGroup * taps), element / taps % perGroup);

    private static double[] Ones(int count)
    {
        var ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
