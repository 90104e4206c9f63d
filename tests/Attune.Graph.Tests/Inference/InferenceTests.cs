using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Inference;

/// <summary>Shapes worked out by hand from the operators' definitions.</summary>
public sealed class InferenceTests
{
    [Theory]
    [InlineData("1x3x224x224", "64x3x7x7", "s2 p3", "1x64x112x112")]
    [InlineData("2x4x9x11", "6x2x3x3", "g2 s2,1 d1,2", "2x6x4x7")]
    [InlineData("1x1x5", "2x1x3", "", "1x2x3")]
    [InlineData("1x1x4x4x4", "1x1x2x2x2", "s2", "1x1x2x2x2")]
    [InlineData("1x1x7x7", "1x1x3x3", "s2 same", "1x1x4x4")]
    [InlineData("1x1x7x7", "1x1x3x3", "s2 valid", "1x1x3x3")]
    public void Convolution(string x, string w, string how, string y)
    {
        int rank = x.Split('x').Length - 2;
        var attributes = new List<(string, object)>();
        foreach (string part in how.Split(' ').Where(part => part.Length > 0))
        {
            long[] Spread(string text) => text.Contains(',') ? [.. text.Split(',').Select(long.Parse)] : [.. Enumerable.Repeat(long.Parse(text), rank)];
            attributes.Add(part switch
            {
                "same" => ("auto_pad", "SAME_LOWER"),
                "valid" => ("auto_pad", "VALID"),
                ['s', ..] => ("strides", Spread(part[1..])),
                ['d', ..] => ("dilations", Spread(part[1..])),
                ['g', ..] => ("group", long.Parse(part[1..])),
                _ => ("pads", Enumerable.Repeat(long.Parse(part[1..]), 2 * rank).ToArray()),
            });
        }

        Infer("Conv", [x, w], [.. attributes]).ShouldBe(y);
    }

    [Theory]
    [InlineData(0, "1x1x3x3")] // floor((8 - 3) / 2) + 1
    [InlineData(1, "1x1x4x4")] // ceil((8 - 3) / 2) + 1
    public void Pool_rounds_as_told(long ceil, string y) =>
        Infer("MaxPool", ["1x1x8x8"], ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", ceil)).ShouldBe(y);

    [Fact]
    public void A_rounded_up_window_that_would_start_in_the_padding_is_dropped() =>
        // ceil((4 + 2 - 2) / 3) + 1 = 3 windows would start at -1, 2 and 5, but the input ends at 4.
        Infer(
            "MaxPool",
            ["1x1x4"],
            ("kernel_shape", new long[] { 2 }),
            ("strides", new long[] { 3 }),
            ("pads", new long[] { 1, 1 }),
            ("ceil_mode", 1)).ShouldBe("1x1x2");

    [Fact]
    public void Transposed_convolution() =>
        // 2 (4 - 1) + 1 + 3 - 1 - 1 = 8
        Infer(
            "ConvTranspose",
            ["1x6x4x4", "6x2x3x3"],
            ("group", 2),
            ("strides", new long[] { 2, 2 }),
            ("pads", new long[] { 1, 1, 1, 1 }),
            ("output_padding", new long[] { 1, 1 })).ShouldBe("1x4x8x8");

    [Theory]
    [InlineData("2x3x4", "4x5", "2x3x5")]
    [InlineData("7x1x3x4", "2x4x5", "7x2x3x5")]
    [InlineData("4", "2x4x5", "2x5")]
    [InlineData("2x3x4", "4", "2x3")]
    [InlineData("4", "4", "scalar")]
    public void Matrix_product(string a, string b, string y) => Infer("MatMul", [a, b]).ShouldBe(y);

    [Theory]
    [InlineData("2x3x4", "4", "2x3x4")]
    [InlineData("2x1x4", "5x1", "2x5x4")]
    [InlineData("scalar", "2x3", "2x3")]
    public void Broadcast(string a, string b, string y) => Infer("Mul", [a, b]).ShouldBe(y);

    [Theory]
    [InlineData("bij,bjk->bik", "2x3x4", "2x4x5", "2x3x5")]
    [InlineData("...ij,...jk", "2x3x4", "2x4x5", "2x3x5")]
    [InlineData("ij,ij->", "3x4", "3x4", "scalar")]
    public void Einsum(string equation, string a, string b, string y) => Infer("Einsum", [a, b], ("equation", equation)).ShouldBe(y);

    [Theory]
    [InlineData(new long[] { 1 }, 1, "2x1x4")]
    [InlineData(new long[] { -1, 0 }, 0, "3")]
    [InlineData(null, 0, "scalar")]
    public void Reduction(long[]? axes, long keep, string y) =>
        Infer("ReduceMax", ["2x3x4"], axes is null ? [("keepdims", keep)] : [("axes", axes), ("keepdims", keep)]).ShouldBe(y);

    [Theory]
    [InlineData(new long[] { 0, -1 }, "2x12")]
    [InlineData(new long[] { -1 }, "24")]
    [InlineData(new long[] { 4, 0, 2 }, "4x3x2")]
    public void Reshape(long[] target, string y) => WithConstants("Reshape", "2x3x4", target).ShouldBe(y);

    [Theory]
    [InlineData(new long[] { 1 }, new long[] { 100 }, new long[] { 1 }, new long[] { 2 }, "2x5x4")] // 1, 3, 5, 7, 9
    [InlineData(new long[] { -1 }, new long[] { -100 }, new long[] { 1 }, new long[] { -3 }, "2x4x4")] // 9, 6, 3, 0
    [InlineData(new long[] { 5 }, new long[] { 2 }, new long[] { -2 }, new long[] { 1 }, "2x0x4")]
    [InlineData(new long[] { 0, 3 }, new long[] { 1, -3 }, new long[] { 0, 1 }, new long[] { 1, 1 }, "1x4x4")]
    public void Slice(long[] starts, long[] ends, long[] axes, long[] steps, string y) =>
        WithConstants("Slice", "2x10x4", starts, ends, axes, steps).ShouldBe(y);

    [Fact]
    public void Tile_and_expand()
    {
        WithConstants("Tile", "2x3", [2, 4]).ShouldBe("4x12");
        WithConstants("Expand", "3x1", [2, 1, 5]).ShouldBe("2x3x5");
    }

    [Fact]
    public void Squeeze_and_unsqueeze()
    {
        WithConstants("Squeeze", "1x3x1", [-1]).ShouldBe("1x3");
        WithConstants("Unsqueeze", "3x4", [0, -1]).ShouldBe("1x3x4x1");
        Infer("Squeeze", ["1x3x1"]).ShouldBe("3");
    }

    [Fact]
    public void Pad_adds_before_and_after() => WithConstants("Pad", "2x3", [0, 1, 2, -1]).ShouldBe("4x3");

    [Theory]
    [InlineData(0, "2x2x3x4")]
    [InlineData(-1, "5x3x2x2")]
    public void Gather_replaces_an_axis_by_the_indices(long axis, string y)
    {
        var b = new NetworkBuilder("gather");
        string x = b.Input("x", 5, 3, 4);
        string i = b.Input("i", new TensorType(DataType.Int64, Shape.Of(2, 2)));
        b.TypeOf(b.Add("Gather", "y", [x, i], ("axis", axis))).Shape.ToString().ShouldBe(y);
    }

    [Fact]
    public void Split_in_unequal_parts()
    {
        var b = new NetworkBuilder("split");
        string[] parts = b.Add("Split", "s", [b.Input("x", 2, 7), b.Constant("sizes", Tensor.Vector(3L, 4))], ["p", "q"], ("axis", 1));
        b.TypeOf(parts[1]).Shape.ShouldBe(Shape.Of(2, 4));
    }

    [Fact]
    public void Resize_floors_scaled_extents()
    {
        var b = new NetworkBuilder("resize");
        string y = b.Add("Resize", "y", [b.Input("x", 1, 1, 5, 5), "", b.Constant("s", Tensor.Vector(1f, 1, 0.5f, 2))]);
        b.TypeOf(y).Shape.ShouldBe(Shape.Of(1, 1, 2, 10));
    }

    [Theory]
    [InlineData("Conv", "1x3x4x4", "1x4x3x3")]
    [InlineData("Conv", "1x3x2x2", "1x3x3x3")]
    [InlineData("MatMul", "2x3", "4x5")]
    [InlineData("Add", "2x3", "2x4")]
    [InlineData("Gemm", "2x3x4", "4x5")]
    public void Shapes_that_do_not_fit_are_refused(string operation, string a, string b) =>
        Should.Throw<InvalidOperationException>(() => Infer(operation, [a, b])).Message.ShouldContain(operation);

    [Fact]
    public void Results_too_large_for_an_array_are_refused() =>
        Should.Throw<InvalidOperationException>(() => Infer("MatMul", ["100000x1", "1x100000"])).Message.ShouldContain("elements");

    private static Shape Parse(string text) => text == "scalar" ? Shape.Scalar : Shape.Of([.. text.Split('x').Select(long.Parse)]);

    private static string Infer(string operation, string[] shapes, params (string Name, object Value)[] attributes)
    {
        var b = new NetworkBuilder("one", opset: 12);
        string[] inputs = [.. shapes.Select((shape, i) => b.Input($"x{i}", new TensorType(DataType.Float32, Parse(shape))))];
        return b.TypeOf(b.Add(operation, "y", inputs, attributes)).Shape.ToString();
    }

    private static string WithConstants(string operation, string shape, params long[][] constants)
    {
        var b = new NetworkBuilder("one", opset: 13);
        string[] inputs = [b.Input("x", new TensorType(DataType.Float32, Parse(shape))), .. constants.Select(
            (values, i) => b.Constant($"c{i}", Tensor.Vector(values)))];
        return b.TypeOf(b.Add(operation, "y", inputs)).Shape.ToString();
    }

    [Theory]
    [InlineData("ReduceMean", 17)]
    [InlineData("ReduceSum", 12)]
    public void Axes_are_an_input_only_where_the_operator_set_has_them_so(string operation, int newest)
    {
        foreach (int opset in new[] { newest, newest + 1 })
        {
            var b = new NetworkBuilder("one", opset);
            string[] operands = [b.Input("x", 2, 3), b.Constant("axes", Tensor.Vector(1L))];
            if (opset == newest)
            {
                Should.Throw<InvalidOperationException>(() => b.Add(operation, "y", operands)).Message.ShouldContain("an attribute");
            }
            else
            {
                b.TypeOf(b.Add(operation, "y", operands)).Shape.ShouldBe(Shape.Of(2, 1));
            }
        }
    }
}
