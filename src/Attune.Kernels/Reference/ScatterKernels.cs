namespace Attune.Kernels.Reference;

/// <summary>Writing to computed positions, optionally combining with what is there. Later updates win.</summary>
internal static class ScatterKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Scatter", ScatterElements);
        table.AddExact("ScatterElements", ScatterElements);
        table.AddExact("ScatterND", ScatterSlices);
    }

    private static Tensor ScatterElements(KernelCall call)
    {
        Tensor data = call.Input(0);
        Tensor indices = call.Input(1);
        Tensor updates = call.Input(2);
        if (!indices.Shape.Equals(updates.Shape))
        {
            throw call.Malformed($"indices {indices.Shape} and updates {updates.Shape} differ");
        }

        return Write(call, data, updates, GatherKernels.ElementPositions(call, data.Shape, indices, call.AxisAttribute(0, data.Shape.Rank)));
    }

    private static Tensor ScatterSlices(KernelCall call)
    {
        Tensor data = call.Input(0);
        Tensor updates = call.Input(2);
        (int[] starts, int size) = GatherKernels.SliceStarts(call, data.Shape, call.Input(1), 0);
        int[] positions = [.. starts.SelectMany(start => Enumerable.Range(start, size))];
        return positions.Length == updates.Count ? Write(call, data, updates, positions) : throw call.Malformed($"updates {updates.Shape} do not fit the indices");
    }

    private static Tensor Write(KernelCall call, Tensor data, Tensor updates, int[] positions)
    {
        BinaryKernels.RequireSameType(call, data, updates);
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
                "min" => Math.Min,
                _ => throw call.Unsupported($"reduction '{reduction}'"),
            });
            return Numbers.FromLongs(whole, data.Element, data.Shape);
        }

        double[] real = (double[])Numbers.ToDoubles(data).Clone();
        Combine(real, Numbers.ToDoubles(updates), positions, reduction switch
        {
            "add" => static (a, b) => a + b,
            "mul" => static (a, b) => a * b,
            "max" => Math.Max,
            "min" => Math.Min,
            _ => throw call.Unsupported($"reduction '{reduction}'"),
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
