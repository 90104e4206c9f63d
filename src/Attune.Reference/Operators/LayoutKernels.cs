using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators that rearrange, repeat, split and join tensors of any element type.</summary>
internal static class LayoutKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Transpose", static node => OrderOf(node), static call => Indexing.Transpose(call.Input(0), OrderOf(call)));
        table.AddExact("Expand", static node => Expanded(node), static call => Indexing.Expand(call.Input(0), Expanded(call)!));
        table.AddExact("Tile", static node => RepeatsOf(node), Tile);
        table.AddExact("Concat", static node => JoinAxis(node), static call => Join(call.AllInputs(), JoinAxis(call)));
        table.AddExact("Split", static node => PartsOf(node), Split, static node => node.Node.Outputs.Length);
        table.AddExact("DepthToSpace", GuardDepthToSpace, DepthToSpace);
        table.AddExact("SpaceToDepth", static node => Block(node, channels: false), SpaceToDepth);
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
        Array joined = Tensor.NewElements(parts[0].Element, shape.Count);
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

    private static int[] OrderOf(NodeFacts node)
    {
        Shape x = node.Shape(0);
        int[] order = node.Ints("perm") is long[] given ? node.Axes(given, x.Rank) : [.. Enumerable.Range(0, x.Rank).Reverse()];
        return order.Length == x.Rank ? order : throw node.Malformed($"the permutation ({string.Join(", ", order)}) does not fit {x}");
    }

    /// <summary>Shape of the result; null when the wanted shape is not known yet.</summary>
    private static Shape? Expanded(NodeFacts node)
    {
        Guards.Present(node, 2);
        Guards.Index(node, 1);
        if (node.Known(1) is not Tensor given)
        {
            return null;
        }

        long[] wanted = Numbers.ToLongs(given);
        return wanted.All(static extent => extent >= 0) && Indexing.Join(node.Shape(0), Shape.Of(wanted)) is Shape shape
            ? shape
            : throw node.Malformed($"{node.Shape(0)} does not stretch to ({string.Join(", ", wanted)})");
    }

    /// <summary>How often each axis is repeated; null when that is not known yet.</summary>
    private static long[]? RepeatsOf(NodeFacts node)
    {
        Guards.Present(node, 2);
        Guards.Index(node, 1);
        if (node.Known(1) is not Tensor given)
        {
            return null;
        }

        long[] repeats = Numbers.ToLongs(given);
        return repeats.Length == node.Shape(0).Rank && repeats.All(static n => n >= 0)
            ? repeats
            : throw node.Malformed($"the repeats ({string.Join(", ", repeats)}) do not fit {node.Shape(0)}");
    }

    private static Tensor Tile(KernelCall call)
    {
        long[] repeats = RepeatsOf(call)!;
        int[][] coordinates = Everything(call.Input(0).Shape);
        return Cross(
            call.Input(0), [.. coordinates.Select((along, axis) => Enumerable.Repeat(along, checked((int)repeats[axis])).SelectMany(static c => c).ToArray())]);
    }

    private static int JoinAxis(NodeFacts node)
    {
        Shape first = node.Shape(0);
        if (node.Opset >= 4 && !node.Attributes.Has("axis"))
        {
            throw node.Malformed("the axis is missing");
        }

        int axis = node.AxisAttribute(1, first.Rank);
        for (int input = 1; input < node.InputCount; input++)
        {
            Guards.Same(node, 0, input);
            Shape part = node.Shape(input);
            if (part.Rank != first.Rank || !part.Dimensions.RemoveAt(axis).SequenceEqual(first.Dimensions.RemoveAt(axis)))
            {
                throw node.Malformed($"{node.Type(input)} does not join {node.Type(0)} along axis {axis}");
            }
        }

        return axis;
    }

    /// <summary>Extents of the parts; null when they are not known yet.</summary>
    private static long[]? PartsOf(NodeFacts node)
    {
        Shape x = node.Shape(0);
        int axis = node.AxisAttribute(0, x.Rank);
        long extent = x.Dimensions[axis];
        int count = node.Node.Outputs.Length;
        if (node.Int("num_outputs", count) != count)
        {
            throw node.Malformed($"num_outputs is {node.Int("num_outputs", count)} but there are {count} outputs");
        }

        if (node.Awaits(1))
        {
            return null;
        }

        if (node.InputOrAttribute(1, "split") is not long[] parts)
        {
            if (count == 0 || (node.Opset < 18 && extent % count != 0))
            {
                throw node.Malformed($"{extent} elements do not split evenly into {count} parts");
            }

            // Where the extent does not divide evenly, the last part is the smaller one.
            long even = (extent + count - 1) / count;
            return [.. Enumerable.Range(0, count).Select(i => Math.Clamp(extent - (i * even), 0, even))];
        }

        return parts.Length == count && parts.All(part => part >= 0 && part <= extent) && parts.Sum() == extent
            ? parts
            : throw node.Malformed($"parts ({string.Join(", ", parts)}) do not make up axis {axis} of {x} in {count} outputs");
    }

    private static Tensor[] Split(KernelCall call)
    {
        Tensor x = call.Input(0);
        int axis = call.AxisAttribute(0, x.Shape.Rank);
        long[] parts = PartsOf(call)!;
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

    private static void GuardDepthToSpace(NodeFacts node)
    {
        Block(node, channels: true);
        Guards.Choice(node, "mode", "DCR", "DCR", "CRD");
    }

    private static Tensor DepthToSpace(KernelCall call)
    {
        Tensor x = call.Input(0);
        int block = Block(call, channels: true);
        int n = x.Shape[0], depth = x.Shape[1] / (block * block), h = x.Shape[2], w = x.Shape[3];
        bool columnFirst = call.Text("mode", "DCR") == "CRD";
        Tensor split = x.Reshape(columnFirst ? Shape.Of(n, depth, block, block, h, w) : Shape.Of(n, block, block, depth, h, w));
        Tensor moved = Indexing.Transpose(split, columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
        return moved.Reshape(Shape.Of(n, depth, (long)h * block, (long)w * block));
    }

    private static Tensor SpaceToDepth(KernelCall call)
    {
        Tensor x = call.Input(0);
        int block = Block(call, channels: false);
        int n = x.Shape[0], c = x.Shape[1], h = x.Shape[2] / block, w = x.Shape[3] / block;
        Tensor moved = Indexing.Transpose(x.Reshape(Shape.Of(n, c, h, block, w, block)), [0, 3, 5, 1, 2, 4]);
        return moved.Reshape(Shape.Of(n, (long)c * block * block, h, w));
    }

    private static int Block(NodeFacts node, bool channels)
    {
        long block = node.Int("blocksize", 0);
        ReadOnlySpan<long> x = node.Shape(0).Dimensions.AsSpan();
        bool fits = x.Length == 4 && block is > 0 and < 1 << 15 && (channels ? x[1] % (block * block) == 0 : x[2] % block == 0 && x[3] % block == 0);
        return fits ? (int)block : throw node.Malformed($"blocks of {block} do not fit {node.Shape(0)}");
    }
}
