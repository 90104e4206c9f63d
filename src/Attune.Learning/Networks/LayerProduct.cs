using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>
/// The three products of a <see cref="DenseLayer"/> over rows. Layers of one group are matrix products; groups, which are small, are spelt out.
/// </summary>
internal static class LayerProduct
{
    /// <summary>sums := input times weights, plus biases.</summary>
    public static void Forward<T>(DenseLayer layer, ReadOnlySpan<T> parameters, ReadOnlySpan<T> input, Span<T> sums, int rows)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int r = 0; r < rows; r++)
        {
            for (int g = 0; g < layer.Groups; g++)
            {
                ReadOnlySpan<T> group = parameters.Slice(g * layer.GroupParameters, layer.GroupParameters);
                Span<T> own = sums.Slice((r * layer.Outputs) + (g * layer.GroupOutputs), layer.GroupOutputs);
                group[layer.GroupWeights..].CopyTo(own);
                for (int i = 0; layer.Groups > 1 && i < layer.GroupInputs; i++)
                {
                    AddScaled(own, group.Slice(i * layer.GroupOutputs, layer.GroupOutputs), input[(r * layer.Inputs) + (g * layer.GroupInputs) + i]);
                }
            }
        }

        if (layer.Groups == 1)
        {
            MatrixProduct.Multiply(input[..(rows * layer.Inputs)], parameters[..layer.GroupWeights], sums, rows, layer.Inputs, layer.Outputs, adds: true);
        }
    }

    /// <summary>Adds the gradient of weights and biases, given that of the sums.</summary>
    public static void AddParameterGradient<T>(DenseLayer layer, ReadOnlySpan<T> input, ReadOnlySpan<T> slopes, Span<T> gradient, int rows, Span<T> room)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (layer.Groups == 1)
        {
            MatrixProduct.Transpose(input[..(rows * layer.Inputs)], room, rows, layer.Inputs);
            MatrixProduct.Multiply(room, slopes, gradient[..layer.GroupWeights], layer.Inputs, rows, layer.Outputs, adds: true);
        }

        for (int r = 0; r < rows; r++)
        {
            for (int g = 0; g < layer.Groups; g++)
            {
                ReadOnlySpan<T> own = slopes.Slice((r * layer.Outputs) + (g * layer.GroupOutputs), layer.GroupOutputs);
                Span<T> group = gradient.Slice(g * layer.GroupParameters, layer.GroupParameters);
                for (int i = 0; layer.Groups > 1 && i < layer.GroupInputs; i++)
                {
                    AddScaled(group.Slice(i * layer.GroupOutputs, layer.GroupOutputs), own, input[(r * layer.Inputs) + (g * layer.GroupInputs) + i]);
                }

                AddScaled(group[layer.GroupWeights..], own, T.One);
            }
        }
    }

    /// <summary>The gradient of the input, given that of the sums.</summary>
    public static void InputGradient<T>(DenseLayer layer, ReadOnlySpan<T> parameters, ReadOnlySpan<T> slopes, Span<T> gradient, int rows, Span<T> room)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (layer.Groups == 1)
        {
            MatrixProduct.Transpose(parameters[..layer.GroupWeights], room, layer.Inputs, layer.Outputs);
            MatrixProduct.Multiply(slopes, room, gradient, rows, layer.Outputs, layer.Inputs);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            for (int g = 0; g < layer.Groups; g++)
            {
                ReadOnlySpan<T> own = slopes.Slice((r * layer.Outputs) + (g * layer.GroupOutputs), layer.GroupOutputs);
                for (int i = 0; i < layer.GroupInputs; i++)
                {
                    ReadOnlySpan<T> weights = parameters.Slice((g * layer.GroupParameters) + (i * layer.GroupOutputs), layer.GroupOutputs);
                    T sum = T.Zero;
                    for (int o = 0; o < own.Length; o++)
                    {
                        sum += own[o] * weights[o];
                    }

                    gradient[(r * layer.Inputs) + (g * layer.GroupInputs) + i] = sum;
                }
            }
        }
    }

    private static void AddScaled<T>(Span<T> target, ReadOnlySpan<T> source, T factor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int o = 0; o < target.Length; o++)
        {
            target[o] += source[o] * factor;
        }
    }
}
