using System.Collections.Immutable;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>
/// Smaller extents: wherever a number stands for an extent, in inputs, weights, shapes and attributes, a smaller one takes its place, and types are inferred
/// again. Often that makes no sense; what does not infer is no candidate.
/// </summary>
internal static class ExtentShrinking
{
    /// <summary>Networks with one extent made smaller everywhere, the smallest first.</summary>
    public static IEnumerable<(Network Network, ImmutableDictionary<string, Tensor> Inputs)> Candidates(
        Network network, ImmutableDictionary<string, Tensor> inputs)
    {
        long[] extents =
        [
            .. network.Inputs.Select(input => input.Type.Shape).Concat(
                network.Constants.Values.Where(tensor => tensor.Data is float[]).Select(tensor => tensor.Shape))
                .SelectMany(shape => shape.Dimensions).Where(extent => extent > 1).Distinct().OrderDescending(),
        ];
        foreach (long extent in extents)
        {
            foreach (long smaller in new[] { 1, 2, extent / 2, extent - 1 }.Where(smaller => smaller > 0 && smaller < extent).Distinct())
            {
                if (Renamed(network, inputs, extent, smaller) is { } candidate)
                {
                    yield return candidate;
                }
            }
        }
    }

    private static (Network Network, ImmutableDictionary<string, Tensor> Inputs)? Renamed(
        Network network, ImmutableDictionary<string, Tensor> inputs, long extent, long smaller)
    {
        int opset = network.Nodes.Select(node => node.Opset).DefaultIfEmpty(13).Max();
        var builder = new NetworkBuilder(network.Name, opset);
        var given = inputs.ToImmutableDictionary(pair => pair.Key, pair => Cut(pair.Value, extent, smaller));
        try
        {
            foreach (NetworkValue input in network.Inputs)
            {
                builder.Input(input.Name, given[input.Name].Type);
            }

            foreach ((string name, Tensor tensor) in network.Constants)
            {
                builder.Constant(name, Cut(tensor, extent, smaller));
            }

            foreach (Node node in network.Nodes)
            {
                (string, object)[] attributes = [.. node.Attributes.Select(
                    attribute => (attribute.Key, attribute is { Key: "group", Value: long group } && group == extent ? smaller : attribute.Value))];
                builder.Add(node.Operator, node.Name, [.. node.Inputs], [.. node.Outputs], attributes);
            }
        }
        catch (Exception senseless) when (senseless is InvalidOperationException or ArgumentException)
        {
            return null;
        }

        foreach (NetworkValue output in network.Outputs)
        {
            builder.Output(output.Name);
        }

        Network built = builder.Build();
        return built.Types.Values.Any(type => type.Shape.Count == 0) ? null : (built, given);
    }

    /// <summary>A tensor with the first elements of every axis of an extent; of lists of extents, the extent itself is replaced.</summary>
    private static Tensor Cut(Tensor tensor, long extent, long smaller)
    {
        if (tensor.Data is long[] numbers)
        {
            return Tensor.Of(tensor.Shape, Array.ConvertAll(numbers, number => number == extent ? smaller : number));
        }

        if (tensor.Data is not float[] data || !tensor.Shape.Dimensions.Contains(extent))
        {
            return tensor;
        }

        var shape = new Shape([.. tensor.Shape.Dimensions.Select(dimension => dimension == extent ? smaller : dimension)]);
        long[] from = tensor.Shape.Strides();
        long[] to = shape.Strides();
        var cut = new float[shape.Count];
        for (int i = 0; i < cut.Length; i++)
        {
            long at = 0;
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                at += i / to[axis] % shape.Dimensions[axis] * from[axis];
            }

            cut[i] = data[at];
        }

        return Tensor.Of(shape, cut);
    }
}
