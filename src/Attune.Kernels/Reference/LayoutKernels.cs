namespace Attune.Kernels.Reference;

/// <summary>Operators that rearrange, repeat, split and join tensors of any element type.</summary>
internal static class LayoutKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Transpose", Transpose);
        table.AddExact("Expand", static call => Indexing.Expand(call.Input(0), Indexing.Broadcast(call.Input(0).Shape, Shape.Of(Numbers.ToLongs(call.Input(1))))));
        table.AddExact("Tile", Tile);
        table.AddExact("Concat", Concat);
        table.AddExact("Split", Split);
        table.AddExact("DepthToSpace", DepthToSpace);
        table.AddExact("SpaceToDepth", SpaceToDepth);
    }

    /// <summary>Picks, along every axis, the listed coordinates; a negative coordinate takes the fill value.</summary>
    public static Tensor Cross(Tensor x, int[][] coordinates, Tensor? fill = null)
    {
        long[] strides = x.Shape.Strides();
        int[] positions = [0];
        for (int axis = 0; axis < coordinates.Length; axis++)
        {
            int[] along = coordinates[axis];
            var next = new int[checked(positions.Length * along.Length)];
            for (int i = 0; i < next.Length; i++)
            {
                int before = positions[i / along.Length];
                int here = along[i % along.Length];
                next[i] = before < 0 || here < 0 ? -1 : before + (here * (int)strides[axis]);
            }

            positions = next;
        }

        return Indexing.Take(x, new Shape([.. coordinates.Select(along => (long)along.Length)]), positions, fill);
    }

    /// <summary>All coordinates of every axis, to be replaced where an operator selects.</summary>
    public static int[][] Everything(Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(axis => Enumerable.Range(0, shape[axis]).ToArray())];

    /// <summary>Joins tensors along an axis.</summary>
    public static Tensor Join(IReadOnlyList<Tensor> parts, int axis)
    {
        Shape first = parts[0].Shape;
        long extent = parts.Sum(part => part.Shape.Dimensions[axis]);
        var shape = new Shape(first.Dimensions.SetItem(axis, extent));
        var joined = Array.CreateInstance(Tensor.ClrType(parts[0].Element), shape.Count);
        int outer = Indexing.Product(first, 0, axis);
        int position = 0;
        for (int i = 0; i < outer; i++)
        {
            foreach (Tensor part in parts)
            {
                int block = part.Count / outer;
                Array.Copy(part.Data, i * block, joined, position, block);
                position += block;
            }
        }

        return Tensor.Wrap(shape, joined);
    }

    private static Tensor Transpose(KernelCall call)
    {
        Tensor x = call.Input(0);
        int[] order = call.Ints("perm") is long[] given ? call.Axes(given, x.Shape.Rank) : [.. Enumerable.Range(0, x.Shape.Rank).Reverse()];
        return order.Length == x.Shape.Rank ? Indexing.Transpose(x, order) : throw call.Malformed($"the permutation does not fit {x.Shape}");
    }

    private static Tensor Tile(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] repeats = Numbers.ToLongs(call.Input(1));
        if (repeats.Length != x.Shape.Rank || repeats.Any(static n => n < 0))
        {
            throw call.Malformed($"{repeats.Length} repeats do not fit {x.Shape}");
        }

        int[][] coordinates = Everything(x.Shape);
        return Cross(x, [.. coordinates.Select((along, axis) => Enumerable.Repeat(along, checked((int)repeats[axis])).SelectMany(static c => c).ToArray())]);
    }

    private static Tensor Concat(KernelCall call)
    {
        Tensor[] parts = call.AllInputs();
        Shape first = call.Input(0).Shape;
        int axis = call.AxisAttribute(call.Opset < 4 ? 1 : 0, first.Rank);
        if (parts.Any(part => part.Element != parts[0].Element || part.Shape.Rank != first.Rank || !part.Shape.Dimensions.RemoveAt(axis).SequenceEqual(first.Dimensions.RemoveAt(axis))))
        {
            throw call.Malformed($"parts {string.Join(", ", parts.Select(part => part.Type))} do not join along axis {axis}");
        }

        return Join(parts, axis);
    }

    private static Tensor[] Split(KernelCall call)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        long extent = x.Shape.Dimensions[axis];
        long count = call.Int("num_outputs", call.Node.Outputs.Length);
        if (count < 1)
        {
            throw call.Malformed("there is nothing to split into");
        }

        // Where the extent does not divide evenly, the last part is the smaller one.
        long even = (extent + count - 1) / count;
        long[] parts = call.InputOrAttribute(1, "split") ?? [.. Enumerable.Range(0, (int)count).Select(i => Math.Clamp(extent - (i * even), 0, even))];
        if (parts.Sum() != extent || parts.Any(static part => part < 0))
        {
            throw call.Malformed($"parts ({string.Join(", ", parts)}) do not make up axis {axis} of {x.Shape}");
        }

        var results = new Tensor[parts.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int[][] coordinates = Everything(x.Shape);
            coordinates[axis] = [.. Enumerable.Range(start, (int)parts[i])];
            results[i] = Cross(x, coordinates);
            start += (int)parts[i];
        }

        return results;
    }

    private static Tensor DepthToSpace(KernelCall call)
    {
        Tensor x = call.Input(0);
        int block = Block(call, x, channels: true);
        int n = x.Shape[0], depth = x.Shape[1] / (block * block), h = x.Shape[2], w = x.Shape[3];
        bool columnFirst = call.Text("mode", "DCR") switch { "DCR" => false, "CRD" => true, string other => throw call.Malformed($"mode '{other}' is unknown") };
        Tensor split = x.Reshape(columnFirst ? Shape.Of(n, depth, block, block, h, w) : Shape.Of(n, block, block, depth, h, w));
        Tensor moved = Indexing.Transpose(split, columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
        return moved.Reshape(Shape.Of(n, depth, (long)h * block, (long)w * block));
    }

    private static Tensor SpaceToDepth(KernelCall call)
    {
        Tensor x = call.Input(0);
        int block = Block(call, x, channels: false);
        int n = x.Shape[0], c = x.Shape[1], h = x.Shape[2] / block, w = x.Shape[3] / block;
        Tensor moved = Indexing.Transpose(x.Reshape(Shape.Of(n, c, h, block, w, block)), [0, 3, 5, 1, 2, 4]);
        return moved.Reshape(Shape.Of(n, (long)c * block * block, h, w));
    }

    private static int Block(KernelCall call, Tensor x, bool channels)
    {
        long block = call.Int("blocksize", 0);
        bool fits = x.Shape.Rank == 4 && block is > 0 and < 1 << 15
            && (channels ? x.Shape[1] % (block * block) == 0 : x.Shape[2] % block == 0 && x.Shape[3] % block == 0);
        return fits ? (int)block : throw call.Malformed($"blocks of {block} do not fit {x.Shape}");
    }
}
