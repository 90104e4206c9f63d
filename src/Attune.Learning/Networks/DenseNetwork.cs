using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>
/// A small fully connected network with its own reverse mode: layers of x W + b, x / (1 + exp(-x)) between them, nothing after the last. The activation is smooth, so that
/// gradients with respect to the inputs, through which other networks are trained, say something everywhere. Parameters are one flat array. A network may be read by several
/// threads, each with a tape of its own; training is for one thread.
/// </summary>
public sealed class DenseNetwork
{
    private readonly int[] widths;
    private readonly int[] offsets;

    /// <summary>Makes a network with random weights: normal with variance 2 / inputs, the last layer's a tenth of that wide; biases 0.</summary>
    /// <param name="widths">Inputs, widths of the hidden layers, outputs; at least two, all above 0.</param>
    /// <param name="random">Source of randomness.</param>
    public DenseNetwork(IReadOnlyList<int> widths, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(widths.Count, 2);
        this.widths = [.. widths];
        offsets = new int[widths.Count];
        for (int layer = 0; layer < Layers; layer++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widths[layer]);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widths[layer + 1]);
            offsets[layer + 1] = offsets[layer] + ((widths[layer] + 1) * widths[layer + 1]);
        }

        Parameters = new float[offsets[^1]];
        for (int layer = 0; layer < Layers; layer++)
        {
            double deviation = Math.Sqrt(2.0 / widths[layer]) * (layer == Layers - 1 ? 0.1 : 1);
            foreach (ref float weight in Parameters.AsSpan(offsets[layer], widths[layer] * widths[layer + 1]))
            {
                weight = (float)(deviation * Normal(random));
            }
        }
    }

    /// <summary>Values per row of input.</summary>
    public int Inputs => widths[0];

    /// <summary>Values per row of output.</summary>
    public int Outputs => widths[^1];

    /// <summary>Width of the last hidden layer; of the input when there is none.</summary>
    public int Features => widths[^2];

    /// <summary>All weights and biases: per layer the weights input by input, then the biases.</summary>
    public float[] Parameters { get; }

    private int Layers => widths.Length - 1;

    /// <summary>Makes room for the values between layers.</summary>
    /// <param name="rows">Most rows per pass, at least 1.</param>
    public NetworkTape NewTape(int rows) => new(widths, rows);

    /// <summary>Runs rows through the network.</summary>
    /// <param name="input">Row-major.</param>
    /// <param name="rows">Rows, at most the tape's.</param>
    /// <param name="tape">Keeps what <see cref="Backward"/> needs.</param>
    /// <returns>The outputs, row-major, inside the tape: valid until its next use.</returns>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> input, int rows, NetworkTape tape)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, rows * Inputs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, tape.Capacity);
        tape.Rows = rows;
        input.CopyTo(tape.Activations[0]);
        for (int layer = 0; layer < Layers; layer++)
        {
            int outputs = widths[layer + 1];
            Span<float> sums = tape.Sums[layer].AsSpan(0, rows * outputs);
            ReadOnlySpan<float> bias = Bias(layer);
            for (int r = 0; r < rows; r++)
            {
                bias.CopyTo(sums[(r * outputs)..]);
            }

            MatrixProduct.Multiply(tape.Activations[layer].AsSpan(0, rows * widths[layer]), Weights(layer), sums, rows, widths[layer], outputs, adds: true);
            if (layer < Layers - 1)
            {
                Activate(sums, tape.Activations[layer + 1]);
            }
        }

        return tape.Sums[^1].AsSpan(0, rows * Outputs);
    }

    /// <summary>What the last hidden layer holds after <see cref="Forward"/>, row-major: features for a linear refit.</summary>
    public ReadOnlySpan<float> FeaturesOf(NetworkTape tape) => tape.Activations[Layers - 1].AsSpan(0, tape.Rows * Features);

    /// <summary>Carries gradients back through the last <see cref="Forward"/>.</summary>
    /// <param name="tape">The tape of that pass.</param>
    /// <param name="outputGradient">Gradient of the loss by the outputs, row-major.</param>
    /// <param name="parameterGradient">Gets the gradient by the parameters added; empty when the network is frozen.</param>
    /// <param name="inputGradient">Gets the gradient by the inputs; empty when nobody wants it.</param>
    public void Backward(NetworkTape tape, ReadOnlySpan<float> outputGradient, Span<float> parameterGradient, Span<float> inputGradient)
    {
        int rows = tape.Rows;
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, rows * Outputs);
        outputGradient.CopyTo(tape.Slopes[Layers]);
        for (int layer = Layers - 1; layer >= 0; layer--)
        {
            int inputs = widths[layer];
            int outputs = widths[layer + 1];
            Span<float> slopes = tape.Slopes[layer + 1].AsSpan(0, rows * outputs);
            if (layer < Layers - 1)
            {
                Differentiate(tape.Sums[layer].AsSpan(0, rows * outputs), slopes);
            }

            if (!parameterGradient.IsEmpty)
            {
                MatrixProduct.Transpose(tape.Activations[layer].AsSpan(0, rows * inputs), tape.Turned, rows, inputs);
                MatrixProduct.Multiply(tape.Turned, slopes, parameterGradient.Slice(offsets[layer], inputs * outputs), inputs, rows, outputs, adds: true);
                Span<float> bias = parameterGradient.Slice(offsets[layer] + (inputs * outputs), outputs);
                for (int r = 0; r < rows; r++)
                {
                    Add(bias, slopes.Slice(r * outputs, outputs));
                }
            }

            if (layer > 0 || !inputGradient.IsEmpty)
            {
                MatrixProduct.Transpose(Weights(layer), tape.Turned, inputs, outputs);
                MatrixProduct.Multiply(slopes, tape.Turned, layer > 0 ? tape.Slopes[layer] : inputGradient, rows, outputs, inputs);
            }
        }
    }

    /// <summary>Makes every output its old value times a factor plus a shift: a network trained on standardised targets then speaks their unit.</summary>
    public void RescaleOutputs(float factor, float shift)
    {
        Span<float> last = Parameters.AsSpan(offsets[Layers - 1]);
        foreach (ref float parameter in last)
        {
            parameter *= factor;
        }

        foreach (ref float bias in last[^Outputs..])
        {
            bias += shift;
        }
    }

    private static void Activate(ReadOnlySpan<float> sums, Span<float> results)
    {
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(sums[i..]);
            (x / (Vector<float>.One + Vector.Exp(-x))).CopyTo(results[i..]);
        }

        for (; i < sums.Length; i++)
        {
            results[i] = sums[i] / (1 + MathF.Exp(-sums[i]));
        }
    }

    /// <summary>slopes := slopes times the activation's derivative s + x s (1 - s).</summary>
    private static void Differentiate(ReadOnlySpan<float> sums, Span<float> slopes)
    {
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(sums[i..]);
            Vector<float> s = Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));
            (new Vector<float>(slopes[i..]) * (s + (x * s * (Vector<float>.One - s)))).CopyTo(slopes[i..]);
        }

        for (; i < sums.Length; i++)
        {
            float s = 1 / (1 + MathF.Exp(-sums[i]));
            slopes[i] *= s + (sums[i] * s * (1 - s));
        }
    }

    private static void Add(Span<float> target, ReadOnlySpan<float> source)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += source[i];
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private ReadOnlySpan<float> Weights(int layer) => Parameters.AsSpan(offsets[layer], widths[layer] * widths[layer + 1]);

    private ReadOnlySpan<float> Bias(int layer) => Parameters.AsSpan(offsets[layer] + (widths[layer] * widths[layer + 1]), widths[layer + 1]);
}
