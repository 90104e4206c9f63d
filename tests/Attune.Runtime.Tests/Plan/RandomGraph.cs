using Attune.Kernels;

namespace Attune.Runtime.Tests.Plan;

/// <summary>
/// Draws a small network from operators that keep their memory in different layouts: convolutions along one and two axes, products, pools, gates,
/// concatenations, reshapes, copies, softmax. Every value may be read several times, so that one value is wanted in many layouts, and extents are small, odd
/// and different.
/// </summary>
internal sealed class RandomGraph(int seed)
{
    private readonly Random random = new(seed);
    private readonly NetworkSketch sketch = new(seed);
    private readonly List<(string Name, long[] Shape)> values = [];
    private int constants;

    public Network Draw(int operators)
    {
        long images = random.Next(1, 3);
        Input([images, random.Next(1, 20), random.Next(1, 9), random.Next(1, 9)]);
        Input([images, random.Next(1, 20), random.Next(1, 18)]);
        for (int i = 0; i < operators; i++)
        {
            Grow();
        }

        HashSet<string> wanted = [values[^1].Name, values[^2].Name, values[random.Next(2, values.Count)].Name];
        return sketch.Finish([.. wanted]);
    }

    private void Input(long[] shape) => values.Add((sketch.Input($"x{values.Count}", shape), shape));

    private void Grow()
    {
        (string x, long[] shape) = values[random.Next(values.Count)];
        switch (random.Next(14))
        {
            case 0 when shape.Length == 4:
                long kernel = 1 + (2 * random.Next(2));
                Add(sketch.Conv(x, [shape[0], Channels(), shape[2], shape[3]], kernel, 1, kernel / 2), [shape[0], last, shape[2], shape[3]]);
                break;
            case 1 when shape.Length == 3:
                Add(sketch.Line(x, [shape[0], Channels(), shape[2]], 3, 1), [shape[0], last, shape[2]]);
                break;
            case 2 or 3 when shape.Length >= 2:
                long[] wide = [.. shape[..^1], Channels()];
                Add(sketch.Dense(x, wide, transposed: random.Next(2) == 0), wide);
                break;
            case 4 when shape.Length == 4:
                Pool(x, shape, random.Next(2) == 0 ? "MaxPool" : "AveragePool");
                break;
            case 5 when shape.Length == 4:
                Add(sketch.Node("GlobalAveragePool", [x], [shape[0], shape[1], 1, 1]), [shape[0], shape[1], 1, 1]);
                break;
            case 6 when shape.Length == 4:
                string mean = sketch.Node("GlobalAveragePool", [x], [shape[0], shape[1], 1, 1]);
                Add(sketch.Node("Mul", [x, sketch.Node("Sigmoid", [mean], [shape[0], shape[1], 1, 1])], shape), shape);
                break;
            case 7 when shape.Length >= 2:
                Join(shape, random.Next(shape.Length));
                break;
            case 8:
                Reshape(x, shape);
                break;
            case 9 when shape.Length >= 2:
                long[] order = [.. Enumerable.Range(0, shape.Length).Select(axis => (long)axis)];
                random.Shuffle(order);
                long[] turned = [.. order.Select(axis => shape[axis])];
                Add(sketch.Node("Transpose", [x], turned, Attributes.None.With("perm", order)), turned);
                break;
            case 10:
                string[] equal = [.. values.Where(value => value.Shape.AsSpan().SequenceEqual(shape)).Select(value => value.Name)];
                Add(sketch.Node(random.Next(2) == 0 ? "Add" : "Mul", [x, equal[random.Next(equal.Length)]], shape), shape);
                break;
            case 11:
                Add(sketch.Node(random.Next(2) == 0 ? "Relu" : "Sigmoid", [x], shape), shape);
                break;
            case 12 when shape.Length >= 1:
                Add(sketch.Node("Softmax", [x], shape, Attributes.None.With("axis", -1L)), shape);
                break;
            case 13 when shape.Length >= 2:
                // Reference kernels work on tensors: a way through another memory altogether.
                long[] reduced = [.. shape[..^1], 1];
                Add(sketch.Node("ReduceMax", [x], reduced, Attributes.None.With("axes", new[] { (long)shape.Length - 1 }).With("keepdims", 1L), 12), reduced);
                break;
        }
    }

    private long last;

    private long Channels() => last = random.Next(3) == 0 ? 16 : random.Next(1, 24);

    private void Add(string name, long[] shape) => values.Add((name, shape));

    private void Pool(string x, long[] shape, string op)
    {
        long rows = random.Next(1, 4), columns = random.Next(1, 4), down = random.Next(1, 3), across = random.Next(1, 3);
        long[] pads = [random.Next((int)rows), random.Next((int)columns), random.Next((int)rows), random.Next((int)columns)];
        long height = shape[2] + pads[0] + pads[2] - rows, width = shape[3] + pads[1] + pads[3] - columns;
        if (height < 0 || width < 0)
        {
            return;
        }

        long[] result = [shape[0], shape[1], (height / down) + 1, (width / across) + 1];
        Attributes attributes = Attributes.None.With(
            "kernel_shape", new[] { rows, columns }).With("strides", new[] { down, across }).With("pads", pads).With("count_include_pad", random.Next(2));
        Add(sketch.Node(op, [x], result, op == "MaxPool" ? attributes.Without("count_include_pad") : attributes, 11), result);
    }

    private void Join(long[] shape, int axis)
    {
        (string Name, long[] Shape)[] fitting = [.. values.Where(
            value => value.Shape.Length == shape.Length && Enumerable.Range(0, shape.Length).All(i => i == axis || value.Shape[i] == shape[i]))];
        var parts = Enumerable.Range(0, random.Next(2, 4)).Select(_ => fitting[random.Next(fitting.Length)]).ToList();
        long[] whole = [.. shape];
        whole[axis] = parts.Sum(part => part.Shape[axis]);
        if (whole[axis] <= 64)
        {
            Add(
                sketch.Node("Concat", [.. parts.Select(part => part.Name)], whole, Attributes.None.With(
                    "axis", random.Next(2) == 0 ? axis : (long)axis - shape.Length)), whole);
        }
    }

    private void Reshape(string x, long[] shape)
    {
        long count = shape.Aggregate(1L, (product, extent) => product * extent);
        long Divisor(long of) => Enumerable.Range(1, (int)of).Where(d => of % d == 0).OrderBy(_ => random.Next()).First();
        long first = shape.Length > 0 ? shape[0] : 1;
        long a = Divisor(count / first);
        long b = Divisor(count / first / a);
        long[] result = random.Next(4) switch
        {
            0 => [count],
            1 => [first, a, count / first / a],
            2 => [first, count / first],
            _ => [first, a, b, count / first / a / b],
        };
        Add(sketch.Node("Reshape", [x, sketch.Constant($"shape{constants++}", Tensor.Vector(result))], result), result);
    }
}
