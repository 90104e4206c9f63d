using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Passes.Expansion;
using Google.Protobuf;

namespace Attune.Graph.Tests.Reading;

/// <summary>Element types of fewer than 8 bits and floats of 8 bits, with values from their definitions.</summary>
public sealed class NarrowElementTests
{
    private const int E4M3 = 17;
    private const int UInt4 = 21;
    private const int Int4 = 22;

    [Fact]
    public void Weights_of_four_bits_are_unpacked_the_lower_half_first()
    {
        SmallModel model = new SmallModel(21).Floats("x", [1, 3], 1, 10, 100).Constant("s", Tensor.Vector(0.5f))
            .Node("DequantizeLinear", "w s", "f", ("axis", 0L)).Node("MatMul", "x f", "y").Output("y");
        Add(model, "w", Int4, [3, 1], 0x72, 0x0F);

        // 2, 7 and -1 in halves.
        SmallModel.Near(model.Run()[0], 1 + 35 - 50);
    }

    [Fact]
    public void Typed_lists_hold_two_elements_in_a_number()
    {
        SmallModel model = new SmallModel(21).Constant("s", Tensor.Scalar(1f)).Node("DequantizeLinear", "w s z", "y").Output("y");
        Add(model, "z", UInt4, [], 0x03);
        model.Proto.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = UInt4, Dims = { 3 }, Int32Data = { 0x1F, 0x08 } });

        SmallModel.Near(model.Run()[0], 12, -2, 5);
    }

    [Fact]
    public void Quantising_saturates_to_four_bits()
    {
        SmallModel model = new SmallModel(21).Floats("x", [5], -100, -3.5f, 0, 2.5f, 100).Constant("s", Tensor.Scalar(1f))
            .Node("QuantizeLinear", "x s z", "y").Node("QuantizeLinear", "x s", "u", ("output_dtype", (long)UInt4)).Output("y", "u");
        Add(model, "z", Int4, [], 0x01);

        Tensor[] results = model.Run();

        results[0].Elements<sbyte>().ShouldBe([-8, -3, 1, 3, 7]);
        results[1].Elements<byte>().ShouldBe([0, 0, 0, 2, 15]);
    }

    [Fact]
    public void Casts_round_floats_and_wrap_integers()
    {
        SmallModel model = new SmallModel(21).Floats("x", [3], -9, 1.5f, 9).Input("i", Tensor.Vector(9, -9, 16))
            .Node("Cast", "x", "y", ("to", (long)Int4)).Node("Cast", "i", "z", ("to", (long)Int4)).Output("y", "z");

        Tensor[] results = model.Run();

        results[0].Elements<sbyte>().ShouldBe([-8, 2, 7]);
        results[1].Elements<sbyte>().ShouldBe([-7, 7, 0]);
    }

    [Theory]
    [InlineData(17, new byte[] { 0x38, 0x7E, 0x01, 0xC0 }, new[] { 1f, 448, 0.001953125f, -2 })]
    [InlineData(18, new byte[] { 0x40, 0x7F, 0x01, 0xC8 }, new[] { 1f, 240, 0.0009765625f, -2 })]
    [InlineData(19, new byte[] { 0x3C, 0x7B, 0x7C, 0x01 }, new[] { 1f, 57344, float.PositiveInfinity, 1.52587890625e-05f })]
    [InlineData(20, new byte[] { 0x40, 0x7F, 0x01, 0xC4 }, new[] { 1f, 57344, 7.62939453125e-06f, -2 })]
    [InlineData(23, new byte[] { 0x21, 0x7C }, new[] { 0.5f, 1, -2, 6 })]
    [InlineData(24, new byte[] { 127, 128, 120, 130 }, new[] { 1f, 2, 0.0078125f, 8 })]
    public void Narrow_floats_have_the_values_of_their_format(int type, byte[] stored, float[] expected)
    {
        var proto = new TensorProto { DataType = type, Dims = { 4 }, RawData = ByteString.CopyFrom(stored) };

        NarrowElements.Unpack(type, Shape.Of(4), proto.RawData.Span).Elements<float>().ShouldBe(expected);
    }

    [Theory]
    [InlineData(17, 0x7F)]
    [InlineData(18, 0x80)]
    [InlineData(19, 0x7D)]
    [InlineData(20, 0x80)]
    [InlineData(24, 0xFF)]
    public void Some_patterns_are_no_numbers(int type, byte pattern) =>
        NarrowElements.Unpack(type, Shape.Scalar, [pattern]).Elements<float>().ShouldBe([float.NaN]);

    [Fact]
    public void Floats_of_eight_bits_are_scaled_by_axis_and_by_block()
    {
        SmallModel model = new SmallModel(21).Constant("s", Tensor.Vector(2f, 4f)).Constant("b", Tensor.Of(Shape.Of(2, 1), new[] { 3f, 5f }))
            .Node("DequantizeLinear", "w s", "y", ("axis", 0L)).Node("DequantizeLinear", "w b", "z", ("axis", 1L), ("block_size", 2L)).Output("y", "z");
        Add(model, "w", E4M3, [2, 2], 0x38, 0x40, 0xB8, 0xC0);

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 2, 4, -4, -8);
        SmallModel.Near(results[1], 3, 6, -5, -10);
    }

    [Fact]
    public void A_tensor_that_is_too_short_is_a_fault()
    {
        SmallModel model = new SmallModel(21).Constant("s", Tensor.Scalar(1f)).Node("DequantizeLinear", "w s", "y").Output("y");
        Add(model, "w", Int4, [3], 0x12);

        model.Read().Error!.Faults.ShouldContain(static fault => fault.Message == "The tensor of Int4 (22) needs 2 bytes but 1 are there.");
    }

    private static void Add(SmallModel model, string name, int type, long[] extents, params byte[] bytes) =>
        model.Proto.Graph.Initializer.Add(new TensorProto { Name = name, DataType = type, Dims = { extents }, RawData = ByteString.CopyFrom(bytes) });
}
