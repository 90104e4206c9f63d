using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Learning.Policy;

/// <summary>
/// A dense layer, or several equal ones side by side that do not see each other's inputs, in a shared array of parameters: per group the weights input by input, then the
/// biases. Knows how to run forward and how to carry gradients back; the caller owns all arrays.
/// </summary>
internal readonly struct DenseLayer(int offset, int groups, int inputs, int outputs, bool squashes)
{
    public int Inputs => groups * inputs;

    public int Outputs => groups * outputs;

    public int End => offset + (groups * (inputs + 1) * outputs);

    /// <summary>Glorot's uniform start; biases 0.</summary>
    public void Initialise(Span<double> parameters, Random random)
    {
        double limit = Math.Sqrt(6.0 / (inputs + outputs));
        for (int g = 0; g < groups; g++)
        {
            Span<double> group = parameters.Slice(offset + (g * (inputs + 1) * outputs), (inputs + 1) * outputs);
            for (int i = 0; i < inputs * outputs; i++)
            {
                group[i] = ((2 * random.NextDouble()) - 1) * limit;
            }

            group[(inputs * outputs)..].Clear();
        }
    }

    public void Forward(ReadOnlySpan<double> parameters, ReadOnlySpan<double> input, Span<double> output, double scale = 1)
    {
        for (int g = 0; g < groups; g++)
        {
            ReadOnlySpan<double> group = parameters.Slice(offset + (g * (inputs + 1) * outputs), (inputs + 1) * outputs);
            Span<double> result = output.Slice(g * outputs, outputs);
            group[(inputs * outputs)..].CopyTo(result);
            for (int i = 0; i < inputs; i++)
            {
                AddScaled(group.Slice(i * outputs, outputs), input[(g * inputs) + i] * scale, result);
            }
        }

        for (int o = 0; squashes && o < output.Length; o++)
        {
            output[o] = Math.Tanh(output[o]);
        }
    }

    /// <summary>
    /// Adds the gradient of the parameters and gives that of the input. <paramref name="slope"/> comes as the gradient of the output and is left as that of the sums
    /// before squashing.
    /// </summary>
    public void Backward(ReadOnlySpan<double> parameters, Span<double> gradients, ReadOnlySpan<double> input, ReadOnlySpan<double> output, Span<double> slope, Span<double> inputSlope, double scale = 1)
    {
        for (int o = 0; squashes && o < slope.Length; o++)
        {
            slope[o] *= 1 - (output[o] * output[o]);
        }

        for (int g = 0; g < groups; g++)
        {
            int start = offset + (g * (inputs + 1) * outputs);
            ReadOnlySpan<double> own = slope.Slice(g * outputs, outputs);
            for (int i = 0; i < inputs; i++)
            {
                AddScaled(own, input[(g * inputs) + i] * scale, gradients.Slice(start + (i * outputs), outputs));
                if (!inputSlope.IsEmpty)
                {
                    inputSlope[(g * inputs) + i] = Dot(own, parameters.Slice(start + (i * outputs), outputs)) * scale;
                }
            }

            AddScaled(own, 1, gradients.Slice(start + (inputs * outputs), outputs));
        }
    }

    private static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> target)
    {
        ReadOnlySpan<Vector<double>> from = MemoryMarshal.Cast<double, Vector<double>>(source);
        Span<Vector<double>> to = MemoryMarshal.Cast<double, Vector<double>>(target);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * factor;
        }

        for (int i = to.Length * Vector<double>.Count; i < target.Length; i++)
        {
            target[i] += source[i] * factor;
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
