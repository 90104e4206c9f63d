using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Runtime.FileFuzzer;

/// <summary>
/// Changes a network and then states every type anew, so that nothing in the file contradicts anything else: what an attacker would do who knows the rules.
/// Such files are mostly accepted, and must then run within their memory and compute what the reference kernels compute.
/// </summary>
internal static class NetworkMutation
{
    private static readonly string[][] Alike =
    [
        [
            "Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSwish", "HardSigmoid", "Gelu", "Identity", "Softmax", "Erf", "Abs", "Neg", "Exp", "Flatten",
            "GlobalAveragePool", "GlobalMaxPool", "Transpose", "Shape",
        ],
        ["Add", "Sub", "Mul", "Div", "MatMul", "Concat", "Max", "PRelu", "Pow"],
        ["MaxPool", "AveragePool", "LpPool"],
        ["ReduceMean", "ReduceSum", "ReduceMax", "Squeeze"],
    ];

    /// <summary>A changed network; null when the change makes no network.</summary>
    public static Network? Apply(Network network, Random random)
    {
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            network = Changed(network, random);
        }

        // Inference needs order; a value that is read before it is written stays unknown.
        Network inferred = ShapeInference.Run(network);
        return inferred.Outputs.All(output => inferred.Types.ContainsKey(output.Name)) ? inferred : null;
    }

    private static Network Changed(Network network, Random random)
    {
        int at = random.Next(network.Nodes.Length);
        Node node = network.Nodes[at];
        switch (random.Next(10))
        {
            case 0:
                NetworkValue input = network.Inputs[random.Next(network.Inputs.Length)];
                var type = new TensorType(random.Next(15) == 0 ? DataType.Int32 : input.Type.Element, Changed(input.Type.Shape, random));
                return network with { Inputs = network.Inputs.Replace(input, input with { Type = type }) };
            case 1:
                string[] constants = [.. network.Constants.Keys.Order(StringComparer.Ordinal)];
                string name = constants[random.Next(constants.Length)];
                return network with { Constants = network.Constants.SetItem(name, Changed(network.Constants[name], random)) };
            case 2:
                string[] group = Array.Find(Alike, names => names.Contains(node.Operator)) ?? Alike[random.Next(Alike.Length)];
                return With(network, at, node with { Operator = group[random.Next(group.Length)], Opset = node.Opset == 1 ? 13 : node.Opset });
            case 3:
                string[] values = [.. network.Types.Keys.Order(StringComparer.Ordinal)];
                int which = node.Inputs.Length == 0 ? 0 : random.Next(node.Inputs.Length);
                return node.Inputs.Length == 0
                    ? network
                    : With(
                        network,
                        at,
                        node with { Inputs = node.Inputs.SetItem(which, random.Next(8) == 0 ? string.Empty : values[random.Next(values.Length)]) });
            case 4:
                return With(network, at, node with { Opset = random.Next(1, 22) });
            case 5:
                int from = random.Next(network.Nodes.Length);
                return network with { Nodes = network.Nodes.RemoveAt(from).Insert(Math.Min(at, network.Nodes.Length - 1), network.Nodes[from]) };
            case 6:
                string[] outputs = [.. network.Nodes.SelectMany(other => other.Outputs).Where(other => other.Length > 0)];
                return network with { Outputs = network.Outputs.Add(new NetworkValue(outputs[random.Next(outputs.Length)], network.Outputs[0].Type)) };
            default:
                return node.Attributes.Count == 0 ? network : With(network, at, node with { Attributes = Changed(node.Attributes, random) });
        }
    }

    private static Network With(Network network, int at, Node node) => network with { Nodes = network.Nodes.SetItem(at, node) };

    private static Shape Changed(Shape shape, Random random)
    {
        List<long> extents = [.. shape.Dimensions];
        int at = random.Next(extents.Count + 1);
        if (at == extents.Count || random.Next(10) == 0)
        {
            extents.Insert(at, random.Next(1, 4));
        }
        else if (random.Next(10) == 0)
        {
            extents.RemoveAt(at);
        }
        else
        {
            extents[at] = Math.Max(0, Values.Extent(random, extents[at]));
        }

        return Shape.Of([.. extents]);
    }

    private static Tensor Changed(Tensor tensor, Random random)
    {
        if (tensor.Data is long[] numbers && numbers.Length > 0 && random.Next(3) > 0)
        {
            long[] changed = [.. numbers];
            int at = random.Next(changed.Length);
            changed[at] = random.Next(3) == 0 ? Values.Integer(random, changed[at]) : Values.Extent(random, changed[at]);
            return Tensor.Of(tensor.Shape, changed);
        }

        Shape shape = Changed(tensor.Shape, random);
        if (shape.Dimensions.Any(extent => extent > 1 << 12) || shape.Count > 1 << 18)
        {
            return tensor;
        }

        // The numbers there are, again and again.
        Tensor larger = Tensor.Zeros(tensor.Element, shape);
        for (int i = 0; i < larger.Count && tensor.Count > 0; i++)
        {
            larger.Data.SetValue(tensor.Data.GetValue(i % tensor.Count), i);
        }

        return larger;
    }

    private static Attributes Changed(Attributes attributes, Random random)
    {
        (string name, object value) = attributes.ElementAt(random.Next(attributes.Count));
        return value switch
        {
            long number => attributes.With(name, random.Next(2) == 0 ? Values.Integer(random, number) : Values.Extent(random, number)),
            float number => attributes.With(name, Values.Float(random, number)),
            ImmutableArray<long> list when list.Length > 0 && random.Next(6) > 0 => attributes.With(name, Changed(list, random)),
            string when random.Next(3) == 0 => attributes.With(name, "none"),
            _ => attributes.Without(name),
        };
    }

    private static ImmutableArray<long> Changed(ImmutableArray<long> list, Random random)
    {
        int at = random.Next(list.Length);
        return random.Next(8) switch
        {
            0 => list.RemoveAt(at),
            1 => list.Add(list[at]),
            2 => list.SetItem(at, Values.Integer(random, list[at])),
            _ => list.SetItem(at, Values.Extent(random, list[at])),
        };
    }
}
