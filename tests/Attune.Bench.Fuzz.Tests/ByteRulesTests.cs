using Attune.Bench.Fuzz.Graphs;
using Attune.Bench.Fuzz.Trials;
using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Bench.Fuzz.Tests;

/// <summary>Which bytes are right where numbers were rounded before.</summary>
public sealed class ByteRulesTests
{
    [Theory]
    [InlineData(1002.5f, 2f, true)]
    [InlineData(1002.5f, 3f, true)]
    [InlineData(1002.5f, 8f, false)]
    [InlineData(1002.4f, 2f, true)]
    [InlineData(1002.4f, 3f, false)]
    public void A_number_in_the_middle_of_two_bytes_may_become_either(float from, float have, bool passes)
    {
        // What is left of 1002.5 - 1000 is off by roundings of a thousand, and lies between 2 and 3.
        ScaledTensor y = Stored(from, 1000);
        (TensorDifference.Of(Tensor.Vector(have), y, ErrorScales.Deviations, 0) is null).ShouldBe(passes);
    }

    [Fact]
    public void A_byte_too_many_reaches_what_sums_it_up()
    {
        // Three times the byte that may be 2 or 3, and 5: 11 or 14.
        ScaledTensor y = Summed(1002.5f, 1000);
        y.Value.Elements<float>().ShouldBe([11]);
        TensorDifference.Of(Tensor.Vector(14f), y, ErrorScales.Deviations, 0).ShouldBeNull();
        TensorDifference.Of(Tensor.Vector(14f), Summed(1002.4f, 1000), ErrorScales.Deviations, 0).ShouldNotBeNull();
    }

    [Fact]
    public void Bytes_of_exact_numbers_are_exact_whatever_their_range()
    {
        var b = new NetworkBuilder("ranged");
        string[] stored = b.Add("DynamicQuantizeLinear", "store", [b.Input("x", 4)], ["bytes", "scale", "zero"]);
        b.Output(stored[0]);
        ScaledTensor bytes = ErrorScales.Run(b.Build(), new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(-1f, 0.3f, 2, 4) })["bytes"];
        TensorDifference.Of(bytes.Value, bytes, ErrorScales.Deviations, 0).ShouldBeNull();
        byte[] other = [.. bytes.Value.Elements<byte>()];
        other[1]++;
        TensorDifference.Of(Tensor.Vector(other), bytes, ErrorScales.Deviations, 0).ShouldNotBeNull();
    }

    [Fact]
    public void Every_fifth_graph_is_quantised()
    {
        for (long index = 0; index < 20; index++)
        {
            bool bytes = FuzzGraph.Draw(5, index).Network.Types.Values.Any(type => type.Element is DataType.UInt8 or DataType.Int8);
            bytes.ShouldBe(index % 5 == 4, $"graph {index}");
        }
    }

    private static ScaledTensor Stored(float from, float less)
    {
        var b = new NetworkBuilder("stored");
        b.Output(Loaded(b, out _));
        return ErrorScales.Run(b.Build(), Inputs(from, less)).Values.Single();
    }

    private static ScaledTensor Summed(float from, float less)
    {
        var b = new NetworkBuilder("summed");
        Loaded(b, out string bytes);
        string rows = b.Add("Concat", "rows", [bytes, b.Constant("one", Tensor.Vector<byte>(1))], ("axis", 0));
        string matrix = b.Add("Reshape", "matrix", [rows, b.Constant("extents", Tensor.Vector(1L, 2))]);
        string sums = b.Add("MatMulInteger", "sums", [matrix, b.Constant("w", Tensor.Of(Shape.Of(2, 1), new sbyte[] { 3, 5 }))]);
        b.Output(b.Add("Reshape", "y", [b.Add("Cast", "floats", [sums], ("to", 1)), b.Constant("flat", Tensor.Vector(1L))]));
        return ErrorScales.Run(b.Build(), Inputs(from, less))["y"];
    }

    private static string Loaded(NetworkBuilder b, out string bytes)
    {
        string difference = b.Add("Sub", "d", [b.Input("from", 1), b.Input("less", 1)]);
        string step = b.Constant("step", Tensor.Scalar(1f));
        string zero = b.Constant("zero", Tensor.Scalar((byte)0));
        bytes = b.Add("QuantizeLinear", "bytes", [difference, step, zero]);
        return b.Add("DequantizeLinear", "loaded", [bytes, step, zero]);
    }

    private static Dictionary<string, Tensor> Inputs(float from, float less) => new() { ["from"] = Tensor.Vector(from), ["less"] = Tensor.Vector(less) };
}
