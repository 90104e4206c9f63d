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
    /// <param name="network">The network.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="bilinear">
    /// True where products may be computed by Winograd's or Strassen's algorithm: these add operands up before they multiply, so that an error has the size of
    /// the largest operands and not of those that meet in a result (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 23.2.2).
    /// </param>
    /// <exception cref="UnsupportedOperatorException">There is no reference kernel.</exception>
    /// <exception cref="ArgumentException">A node contradicts its operator's definition.</exception>
    public static IReadOnlyDictionary<string, ScaledTensor> Run(Network network, IReadOnlyDictionary<string, Tensor> inputs, bool bilinear = false)
    {
        var values = new Dictionary<string, ScaledTensor>(StringComparer.Ordinal);
        foreach ((string name, Tensor tensor) in network.Constants.Concat(inputs))
        {
            values[name] = new ScaledTensor(tensor, null);
        }

        var terms = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Node node in network.Nodes)
        {
            ScaledTensor?[] operands = [.. node.Inputs.Select(name => name.Length == 0 ? null : values[name])];
            Tensor[] results = ReferenceKernels.Default.Run(node, [.. operands.Select(operand => operand?.Value)]);
            float[]?[] scales = RecurrentRules.Know(node) ? RecurrentRules.Of(node, operands, results, bilinear)
                : ScaleRules.Of(node, bilinear && IsProduct(node, results) ? Largest(operands) : operands, results);
            AddOnto(node, operands, results, scales, terms);
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

    // Kernels begin their sums with what is added to them, so that every term of the sum is rounded at its size.
    private static void AddOnto(Node node, ScaledTensor?[] operands, Tensor[] results, float[]?[] scales, Dictionary<string, double> terms)
    {
        if (IsProduct(node, results))
        {
            terms[node.Outputs[0]] = LinearRules.Terms(node, operands[0]!.Value, operands[1]!.Value);
        }
        else if (node.Operator == "Add" && scales[0] is { } scale && ScaledTensor.NumbersOf(results[0]) is { } numbers)
        {
            double most = node.Inputs.Max(input => terms.GetValueOrDefault(input));
            for (int i = 0; i < scale.Length; i++)
            {
                double rounding = ScaleRules.Rounding * Math.Sqrt(most) * Math.Abs(numbers[i]);
                scale[i] = (float)Math.Sqrt((scale[i] * (double)scale[i]) + (rounding * rounding));
            }
        }
    }

    private static bool IsProduct(Node node, Tensor[] results) =>
        node.Operator is "Conv" or "MatMul" or "Gemm" && results[0].Element == DataType.Float32;

    // A bias is added to the result and meets nothing else.
    private static ScaledTensor?[] Largest(ScaledTensor?[] operands) =>
    [
        .. operands.Select((operand, i) => i > 1 || operand is null
            ? operand
            : new ScaledTensor(Filled(operand.Value), operand.Scale is null ? null : Filled(operand.Scales).Elements<float>())),
    ];

    private static Tensor Filled(Tensor tensor)
    {
        var data = new float[tensor.Shape.Count];
        Array.Fill(data, tensor.Elements<float>().Select(Math.Abs).Where(float.IsFinite).DefaultIfEmpty().Max());
        return Tensor.Of(tensor.Shape, data);
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
