using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>
/// Runs a network on the reference kernels and says of every number how far another sound way of computing it may be off: one standard deviation, as if every
/// rounding of every operator were drawn at random. Roundings count by the magnitudes that are added up, and not by what remains of them, so that cancellation
/// excuses what it must and nothing else does.
/// </summary>
internal static class ErrorScales
{
    /// <summary>How many standard deviations of one rounding still pass; nonlinear operators are followed that far.</summary>
    public const double Deviations = 16;

    /// <summary>Values and scales of the network's outputs by name.</summary>
    /// <exception cref="UnsupportedOperatorException">There is no reference kernel.</exception>
    /// <exception cref="ArgumentException">A node contradicts its operator's definition.</exception>
    public static IReadOnlyDictionary<string, ScaledTensor> Run(Network network, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new Dictionary<string, ScaledTensor>(StringComparer.Ordinal);
        foreach ((string name, Tensor tensor) in network.Constants.Concat(inputs))
        {
            values[name] = new ScaledTensor(tensor, null);
        }

        foreach (Node node in network.Nodes)
        {
            ScaledTensor?[] operands = [.. node.Inputs.Select(name => name.Length == 0 ? null : values[name])];
            Tensor[] results = ReferenceKernels.Default.Run(node, [.. operands.Select(operand => operand?.Value)]);
            float[]?[] scales = ScaleRules.Of(node, operands, results);
            bool unknown = operands.Any(operand => operand?.Scale is { } scale && Array.Exists(scale, one => !float.IsFinite(one)));
            for (int i = 0; i < node.Outputs.Length; i++)
            {
                if (node.Outputs[i].Length > 0)
                {
                    values[node.Outputs[i]] = new ScaledTensor(results[i], Settle(results[i], scales[i], unknown));
                }
            }
        }

        return network.Outputs.ToDictionary(output => output.Name, output => values[output.Name], StringComparer.Ordinal);
    }

    /// <summary>What came out as no number although nothing before it was in doubt must come out so everywhere; what was in doubt stays so.</summary>
    private static float[]? Settle(Tensor value, float[]? scales, bool unknown)
    {
        if (scales is null || ScaledTensor.NumbersOf(value) is not { } numbers)
        {
            return null;
        }

        for (int i = 0; i < scales.Length; i++)
        {
            if (float.IsNaN(scales[i]) || (float.IsNaN(numbers[i]) && !float.IsFinite(scales[i])))
            {
                scales[i] = unknown ? float.PositiveInfinity : 0;
            }
        }

        return scales;
    }
}
