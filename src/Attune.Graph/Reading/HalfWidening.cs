using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes.Expansion;

namespace Attune.Graph.Reading;

/// <summary>
/// Models of 16-bit floats compute in 32-bit ones: constants are widened, and values are converted where they enter and leave the model, so that they run on
/// the kernels that their 32-bit twins run on, and nothing overflows or is rounded on the way that would not be there. Stateless.
/// </summary>
internal static class HalfWidening
{
    private static readonly string[] TypeAttributes = ["to", "dtype", "output_dtype", "output_datatype"];

    /// <summary>The graph in 32-bit floats; itself when it has no narrower ones, or looks at the bits of numbers.</summary>
    /// <param name="raw">A graph in any order.</param>
    public static RawGraph Run(RawGraph raw)
    {
        bool halves = raw.Inputs.Any(static input => IsHalf(input.Element)) || raw.Constants.Values.Any(static constant => IsHalf(constant.Element))
            || raw.Outputs.Any(static output => IsHalf(output.Element)) || raw.Nodes.Any(MakesHalves);
        if (!halves || raw.Nodes.Any(LooksAtBits))
        {
            return raw;
        }

        var names = new ValueNames(raw.Nodes, raw.Inputs.Select(static input => input.Name).Concat(raw.Constants.Keys));
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        var entering = new List<Node>();
        foreach (Declaration input in raw.Inputs.Where(static input => IsHalf(input.Element)))
        {
            renamed[input.Name] = names.New($"{input.Name}.float");
            entering.Add(Conversion(names, input.Name, renamed[input.Name], DataType.Float32, raw.Opset));
        }

        // What an input gives through unchanged needs no conversion.
        var leaving = new List<Node>();
        foreach (Declaration output in raw.Outputs.Where(output => IsHalf(output.Element) && !renamed.ContainsKey(output.Name)).DistinctBy(static o => o.Name))
        {
            renamed[output.Name] = names.New($"{output.Name}.float");
            leaving.Add(Conversion(names, renamed[output.Name], output.Name, output.Element, raw.Opset));
        }

        return raw with
        {
            Nodes = [.. entering, .. raw.Nodes.Select(node => Widened(BodyCopy.Renamed(node, renamed))), .. leaving],
            Constants = raw.Constants.ToImmutableDictionary(
                constant => renamed.GetValueOrDefault(constant.Key, constant.Key), static constant => Widened(constant.Value)),
        };
    }

    private static bool IsHalf(DataType element) => element is DataType.Float16 or DataType.BFloat16;

    private static IEnumerable<Network> Bodies(Node node) => node.Attributes.Select(static entry => entry.Value).OfType<Network>();

    private static bool LooksAtBits(Node node) => node.Operator == "BitCast" || Bodies(node).Any(static body => body.Nodes.Any(LooksAtBits));

    private static bool MakesHalves(Node node) => node.Attributes.Any(static entry => entry.Value switch
    {
        Tensor tensor => IsHalf(tensor.Element),
        long number => TypeAttributes.Contains(entry.Key) && IsHalf((DataType)number),
        Network body => body.Nodes.Any(MakesHalves) || body.Constants.Values.Any(static constant => IsHalf(constant.Element)),
        _ => false,
    });

    private static Node Conversion(ValueNames names, string from, string to, DataType element, int opset) =>
        new(names.New($"{to}.conversion"), "Cast", opset, [from], [to], Attributes.None.With("to", (long)element));

    private static Node Widened(Node node)
    {
        Attributes attributes = node.Attributes;
        foreach ((string name, object value) in node.Attributes)
        {
            attributes = value switch
            {
                Tensor tensor when IsHalf(tensor.Element) => attributes.With(name, Widened(tensor)),
                long number when TypeAttributes.Contains(name) && IsHalf((DataType)number) => attributes.With(name, (long)DataType.Float32),
                Network body => attributes.With(name, Widened(body)),
                _ => attributes,
            };
        }

        return node with { Attributes = attributes };
    }

    private static Network Widened(Network body) => body with
    {
        Inputs = [.. body.Inputs.Select(Widened)],
        Outputs = [.. body.Outputs.Select(Widened)],
        Nodes = [.. body.Nodes.Select(Widened)],
        Constants = body.Constants.ToImmutableDictionary(static constant => constant.Key, static constant => Widened(constant.Value)),
    };

    private static NetworkValue Widened(NetworkValue value) =>
        IsHalf(value.Type.Element) ? value with { Type = value.Type with { Element = DataType.Float32 } } : value;

    private static Tensor Widened(Tensor tensor) => tensor.Data switch
    {
        Half[] halves => Tensor.Of(tensor.Shape, Array.ConvertAll(halves, static value => (float)value)),
        BFloat16[] brains => Tensor.Of(tensor.Shape, Array.ConvertAll(brains, static value => value.ToSingle())),
        _ => tensor,
    };
}
