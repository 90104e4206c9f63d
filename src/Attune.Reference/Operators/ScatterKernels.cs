using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Writing to computed positions, optionally combining with what is there. Later updates win.</summary>
internal static class ScatterKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Scatter", GuardElements, ScatterElements);
        table.AddExact("ScatterElements", GuardElements, ScatterElements);
        table.AddExact("ScatterND", GuardSlices, ScatterSlices);
    }

    private static void GuardElements(NodeFacts node)
    {
        GatherKernels.GuardElements(node);
        GuardUpdates(node);
        if (!node.Shape(1).Equals(node.Shape(2)))
        {
            throw node.Malformed($"indices {node.Shape(1)} and updates {node.Shape(2)} differ");
        }
    }

    private static void GuardSlices(NodeFacts node)
    {
        Shape data = node.Shape(0);
        Shape indices = node.Shape(1);
        int depth = GatherKernels.GuardTuples(node, 0);
        GuardUpdates(node);
        if (!node.Shape(2).Dimensions.SequenceEqual([.. indices.Dimensions[..^1], .. data.Dimensions[depth..]]))
        {
            throw node.Malformed($"updates {node.Shape(2)} do not fit indices {indices} of {data}");
        }
    }

    private static void GuardUpdates(NodeFacts node)
    {
        Guards.Same(node, 0, 2);
        if (Guards.Choice(node, "reduction", "none", "none", "add", "mul", "max", "min") != "none")
        {
            Guards.NotText(node, 0);
        }
    }

    private static Tensor ScatterElements(KernelCall call)
    {
        Tensor data = call.Input(0);
        Tensor indices = call.Input(1);
        Tensor updates = call.Input(2);
        return Write(call, data, updates, GatherKernels.ElementPositions(call, data.Shape, indices, call.AxisAttribute(0, data.Shape.Rank)));
    }

    private static Tensor ScatterSlices(KernelCall call)
    {
        Tensor data = call.Input(0);
        Tensor updates = call.Input(2);
        (int[] starts, int size) = GatherKernels.SliceStarts(call, data.Shape, call.Input(1), 0);
        int[] positions = [.. starts.SelectMany(start => Enumerable.Range(start, size))];
        return Write(call, data, updates, positions);
    }

    private static Tensor Write(KernelCall call, Tensor data, Tensor updates, int[] positions)
    {
        string reduction = call.Text("reduction", "none");
        if (reduction == "none")
        {
            var result = (Array)data.Data.Clone();
            for (int i = 0; i < positions.Length; i++)
            {
                Array.Copy(updates.Data, i, result, positions[i], 1);
            }

            return Tensor.Wrap(data.Shape, result);
        }

        if (Numbers.IsInteger(data.Element) && data.Element != DataType.UInt64)
        {
            long[] whole = (long[])Numbers.ToLongs(data).Clone();
            Combine(whole, Numbers.ToLongs(updates), positions, reduction switch
            {
                "add" => static (a, b) => unchecked(a + b),
                "mul" => static (a, b) => unchecked(a * b),
                "max" => Math.Max,
                _ => Math.Min,
            });
            return Numbers.FromLongs(whole, data.Element, data.Shape);
        }

        double[] real = (double[])Numbers.ToDoubles(data).Clone();
        Combine(real, Numbers.ToDoubles(updates), positions, reduction switch
        {
            "add" => static (a, b) => a + b,
            "mul" => static (a, b) => a * b,
            "max" => Math.Max,
            _ => Math.Min,
        });
        return Numbers.FromDoubles(real, data.Element, data.Shape);
    }

    private static void Combine<T>(T[] target, T[] updates, int[] positions, Func<T, T, T> function)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            target[positions[i]] = function(target[positions[i]], updates[i]);
        }
    }
}
