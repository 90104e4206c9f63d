using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>A small network as lines for people.</summary>
internal static class GraphText
{
    private const int MaxNumbers = 12;

    public static string Of(Network network)
    {
        var text = new StringBuilder();
        foreach (NetworkValue input in network.Inputs)
        {
            text.Append("  input ").Append(input.Name).Append(' ').AppendLine(input.Type.ToString());
        }

        foreach (Node node in network.Nodes)
        {
            IEnumerable<string> operands = node.Inputs.Select(name => network.Constants.TryGetValue(name, out Tensor? constant) ? Constant(constant) : name);
            string attributes = string.Join(", ", node.Attributes.Select(attribute => $"{attribute.Key}={Value(attribute.Value)}"));
            string results = string.Join(
                ", ", node.Outputs.Select(output => $"{output} {(network.Types.TryGetValue(output, out TensorType? type) ? type.Shape : "?")}"));
            text.Append("  ")
                .Append(results)
                .Append(" = ")
                .Append(node.Operator)
                .Append('-')
                .Append(node.Opset)
                .Append('(')
                .AppendJoin(", ", operands)
                .Append(')');
            text.AppendLine(attributes.Length > 0 ? $" {{{attributes}}}" : string.Empty);
        }

        return text.Append("  output ").AppendJoin(", ", network.Outputs.Select(output => output.Name)).ToString();
    }

    private static string Constant(Tensor tensor) =>
        tensor.Data is long[] or int[] || tensor.Count <= 1
            ? $"[{string.Join(' ', tensor.Data.Cast<IFormattable>().Take(MaxNumbers).Select(number => number.ToString(null, CultureInfo.InvariantCulture)))}]"
            : $"constant {tensor.Shape}";

    private static string Value(object value) => value switch
    {
        ImmutableArray<long> numbers => $"[{string.Join(' ', numbers)}]",
        ImmutableArray<float> numbers => $"[{string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };
}
