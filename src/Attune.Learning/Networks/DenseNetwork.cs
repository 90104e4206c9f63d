using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>
/// A small fully connected network with its own reverse mode: layers of x W + b, a smooth activation between them, nothing after the last. Parameters are one
/// flat array. A network may be read by several threads, each with a tape of its own; training is for one thread.
/// </summary>
/// <typeparam name="T">float for speed, double where gradients are compared.</typeparam>
public sealed class DenseNetwork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly DenseLayer[] layers;
    private readonly int[] offsets;
    private readonly Activation activation;

    /// <summary>Makes a network with random weights: normal with variance 2 / inputs, the last layer's a tenth of that wide; biases 0.</summary>
    /// <param name="widths">Inputs, widths of the hidden layers, outputs; at least two, all above 0.</param>
    /// <param name="random">Source of randomness.</param>
    public DenseNetwork(IReadOnlyList<int> widths, Random random)
        : this([.. widths.Zip(widths.Skip(1), (inputs, outputs) => new DenseLayer(1, inputs, outputs))], Activation.Swish) =>
        InitialWeights.He(this, random);

    /// <summary>Makes a network whose weights are 0.</summary>
    internal DenseNetwork(DenseLayer[] layers, Activation activation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(layers.Length);
        this.layers = layers;
        this.activation = activation;
        offsets = new int[layers.Length + 1];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers[layer].Inputs);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers[layer].Outputs);
            ArgumentOutOfRangeException.ThrowIfNotEqual(layers[layer].Inputs, layer == 0 ? Inputs : layers[layer - 1].Outputs);
            offsets[layer + 1] = offsets[layer] + layers[layer].Parameters;
        }

        Parameters = new T[offsets[^1]];
    }

    /// <summary>Values per row of input.</summary>
    public int Inputs => layers[0].Inputs;

    /// <summary>Values per row of output.</summary>
    public int Outputs => layers[^1].Outputs;

    /// <summary>Width of the last hidden layer; of the input when there is none.</summary>
    public int Features => layers[^1].Inputs;

    /// <summary>All weights and biases: per layer the weights input by input, then the biases.</summary>
    public T[] Parameters { get; }

    /// <summary>Shapes of the layers, in order.</summary>
    internal IReadOnlyList<DenseLayer> Layers => layers;

    /// <summary>Makes room for the values between layers.</summary>
    /// <param name="rows">Most rows per pass, at least 1.</param>
    public NetworkTape<T> NewTape(int rows) => new(layers, rows);

    /// <summary>Runs rows through the network.</summary>
    /// <param name="input">Row-major.</param>
    /// <param name="rows">Rows, at most the tape's.</param>
    /// <param name="tape">Keeps what <see cref="Backward"/> needs.</param>
    /// <returns>The outputs, row-major, inside the tape: valid until its next use.</returns>
    public ReadOnlySpan<T> Forward(ReadOnlySpan<T> input, int rows, NetworkTape<T> tape)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, rows * Inputs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, tape.Capacity);
        tape.Rows = rows;
        input.CopyTo(tape.Activations[0]);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            Span<T> sums = tape.Sums[layer].AsSpan(0, rows * layers[layer].Outputs);
            LayerProduct.Forward(layers[layer], ParametersOf(layer), tape.Activations[layer], sums, rows);
            if (layer < layers.Length - 1)
            {
                ActivationFunctions.Apply(activation, sums, tape.Activations[layer + 1], T.CreateChecked(layers[layer + 1].InputScale));
            }
        }

        return tape.Sums[^1].AsSpan(0, rows * Outputs);
    }

    /// <summary>What the last hidden layer holds after <see cref="Forward"/>, row-major: features for a linear refit.</summary>
    public ReadOnlySpan<T> FeaturesOf(NetworkTape<T> tape) => tape.Activations[^1].AsSpan(0, tape.Rows * Features);

    /// <summary>Carries gradients back through the last <see cref="Forward"/>.</summary>
    /// <param name="tape">The tape of that pass.</param>
    /// <param name="outputGradient">Gradient of the loss by the outputs, row-major.</param>
    /// <param name="parameterGradient">Gets the gradient by the parameters added; empty when the network is frozen.</param>
    /// <param name="inputGradient">Gets the gradient by the inputs; empty when nobody wants it.</param>
    public void Backward(NetworkTape<T> tape, ReadOnlySpan<T> outputGradient, Span<T> parameterGradient, Span<T> inputGradient)
    {
        int rows = tape.Rows;
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, rows * Outputs);
        outputGradient.CopyTo(tape.Slopes[^1]);
        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            DenseLayer shape = layers[layer];
            Span<T> slopes = tape.Slopes[layer + 1].AsSpan(0, rows * shape.Outputs);
            if (layer < layers.Length - 1)
            {
                ActivationFunctions.Differentiate(activation, tape.Sums[layer].AsSpan(0, slopes.Length), slopes, T.CreateChecked(layers[layer + 1].InputScale));
            }

            if (!parameterGradient.IsEmpty)
            {
                LayerProduct.AddParameterGradient(
                    shape, tape.Activations[layer], slopes, parameterGradient.Slice(offsets[layer], shape.Parameters), rows, tape.Turned);
            }

            if (layer > 0 || !inputGradient.IsEmpty)
            {
                LayerProduct.InputGradient(shape, ParametersOf(layer), slopes, layer > 0 ? tape.Slopes[layer] : inputGradient, rows, tape.Turned);
            }
        }
    }

    /// <summary>Makes every output its old value times a factor plus a shift: a network trained on standardised targets then speaks their unit.</summary>
    public void RescaleOutputs(T factor, T shift)
    {
        Span<T> last = ParametersOf(layers.Length - 1);
        foreach (ref T parameter in last)
        {
            parameter *= factor;
        }

        for (int group = 0; group < layers[^1].Groups; group++)
        {
            foreach (ref T bias in last.Slice((group * layers[^1].GroupParameters) + layers[^1].GroupWeights, layers[^1].GroupOutputs))
            {
                bias += shift;
            }
        }
    }

    /// <summary>Parameters of a layer.</summary>
    internal Span<T> ParametersOf(int layer) => Parameters.AsSpan(offsets[layer], layers[layer].Parameters);
}
