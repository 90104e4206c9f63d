using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Nodes and data that contradict their operator's definition, each with a word of the reason that must be given.</summary>
public class InvalidNodeTests
{
    private static readonly (string Name, string Op, int Opset, Attributes Attributes, Tensor?[] Inputs, string Reason)[] Cases =
    [
        ("index too large", "Gather", 13, None, [Kernel.Ramp(5), Tensor.Vector(7L)], "the index 7 is outside an axis of 5"),
        ("index too small", "Gather", 13, None, [Kernel.Ramp(5), Tensor.Vector(-6L)], "-6"),
        ("elements", "GatherElements", 13, None, [Kernel.Ramp(2, 2), Tensor.Of(Shape.Of(1, 2), [0L, 2])], "the index 2 is outside an axis of 2"),
        ("tuple", "GatherND", 13, None, [Kernel.Ramp(2, 2), Tensor.Of(Shape.Of(1, 2), [0L, 3])], "the index 3 is outside an axis of 2"),
        ("scattered", "ScatterElements", 16, None, [Kernel.Ramp(3), Tensor.Vector(3L), Tensor.Vector(1f)], "the index 3 is outside an axis of 3"),
        ("scattered slice", "ScatterND", 16, None, [Kernel.Ramp(3), Tensor.Of(Shape.Of(1, 1), [9L]), Tensor.Vector(1f)], "the index 9 is outside an axis of 3"),
        ("unknown reduction", "ScatterND", 18, None.With("reduction", "sum"), [Kernel.Ramp(3), Tensor.Of(Shape.Of(1, 1), [0L]), Tensor.Vector(1f)], "'sum'"),
        ("updates", "ScatterND", 16, None, [Kernel.Ramp(3, 2), Tensor.Of(Shape.Of(1, 1), [0L]), Tensor.Of(Shape.Of(2, 1), [1f, 1])], "updates"),
        ("depth", "OneHot", 11, None, [Tensor.Vector(0L), Tensor.Scalar(0L), Tensor.Vector(0f, 1)], "depth"),
        ("division", "Div", 14, None, [Tensor.Vector(1, 2), Tensor.Vector(1, 0)], "an integer is divided by zero"),
        ("smallest divided", "Div", 14, None, [Tensor.Vector(int.MinValue), Tensor.Vector(-1)], "out of range"),
        ("smallest of 64 bits divided", "Div", 14, None, [Tensor.Vector(long.MinValue), Tensor.Vector(-1L)], "out of range"),
        ("smallest byte divided", "Div", 14, None, [Tensor.Vector(sbyte.MinValue), Tensor.Vector((sbyte)-1)], "-128 divided by -1"),
        ("remainder", "Mod", 13, None, [Tensor.Vector(5L), Tensor.Vector(0L)], "an integer is divided by zero"),
        ("power", "Pow", 13, None, [Tensor.Vector(0L), Tensor.Vector(-1L)], "0 has no negative power"),
        ("signed shift", "BitShift", 11, None.With("direction", "LEFT"), [Tensor.Vector(1), Tensor.Vector(1)], "unsigned"),
        ("auto_pad", "Conv", 11, None.With("auto_pad", "SAME"), [Kernel.Ramp(1, 1, 3, 3), Kernel.Ramp(1, 1, 2, 2)], "auto_pad 'SAME'"),
        ("stride", "Conv", 11, None.With("strides", new long[] { 0, 1 }), [Kernel.Ramp(1, 1, 3, 3), Kernel.Ramp(1, 1, 2, 2)], "positive"),
        ("negative pad", "MaxPool", 12, None.With("kernel_shape", new long[]
        {
            1,
            1,
        }).With("pads", new long[] { -1, 0, 0, 0 }), [Kernel.Ramp(1, 1, 3, 3)], "negative"),
        ("window", "AveragePool", 11, None.With("kernel_shape", new long[] { 0, 1 }), [Kernel.Ramp(1, 1, 3, 3)], "positive"),
        ("dilation", "Conv", 11, None.With("dilations", new long[] { int.MaxValue, 1 }), [Kernel.Ramp(1, 1, 3, 3), Kernel.Ramp(1, 1, 3, 3)], "out of range"),
        ("groups of channels", "GroupNormalization", 21, None.With("num_groups", 2), [Kernel.Ramp(1, 4, 2), Kernel.Ramp(2), Kernel.Ramp(2)], "4 elements each"),
        ("wide scale", "LayerNormalization", 17, None, [Kernel.Ramp(2, 3), Kernel.Ramp(4, 2, 3)], "does not stretch to 2x3"),
        ("narrow scale", "LayerNormalization", 17, None, [Kernel.Ramp(2, 1, 2), Kernel.Ramp(3, 1)], "does not stretch"),
        ("axis", "Softmax", 13, None.With("axis", 2), [Kernel.Ramp(2, 2)], "axis 2 does not exist in rank 2"),
        ("old axis", "Softmax", 11, None.With("axis", 3), [Kernel.Ramp(2, 2)], "axis 3 does not exist in rank 2"),
        ("permutation", "Transpose", 13, None.With("perm", new long[] { 0, 0 }), [Kernel.Ramp(2, 2)], "repeat"),
        ("parts", "Split", 13, None, [Kernel.Ramp(3), Tensor.Vector(2L)], "do not make up"),
        ("shape", "Reshape", 13, None, [Kernel.Ramp(2, 3), Tensor.Vector(4L, 2)], "2x3 has 6 elements"),
        ("open shape", "Reshape", 13, None, [Kernel.Ramp(2, 3), Tensor.Vector(4L, -1)], "cannot take the shape (4, -1)"),
        ("two open extents", "Reshape", 13, None, [Kernel.Ramp(2, 3), Tensor.Vector(-1L, -1)], "left open"),
        ("too many", "TopK", 11, None, [Kernel.Ramp(3), Tensor.Vector(4L)], "4 elements cannot be chosen"),
        ("expansion", "Expand", 13, None, [Kernel.Ramp(2), Tensor.Vector(3L)], "does not stretch to (3)"),
        ("step", "Range", 11, None, [Tensor.Scalar(0L), Tensor.Scalar(3L), Tensor.Scalar(0L)], "the step is zero"),
        ("endless range", "Range", 11, None, [Tensor.Scalar(0f), Tensor.Scalar(float.PositiveInfinity), Tensor.Scalar(1f)], "elements"),
        ("no number", "Cast", 13, None.With("to", 7L), [Tensor.Vector("seven")], "seven"),
        ("slope", "PRelu", 16, None, [Kernel.Ramp(2, 2), Kernel.Ramp(3)], "does not stretch"),
        ("bound", "Clip", 13, None, [Kernel.Ramp(2), Kernel.Ramp(2)], "one number"),
        ("kind of attribute", "Softmax", 13, None.With("axis", 1f), [Kernel.Ramp(2, 2)], "attribute axis must be an integer"),
        ("missing input", "Sub", 14, None, [Kernel.Ramp(2)], "input 1 is missing"),
        (
            "blocks", "DequantizeLinear", 21, None.With("axis", 0).With("block_size", 2), [Tensor.Of(Shape.Of(4, 1), new sbyte[4]), Kernel.Ramp(3, 1)],
            "blocks of 2"),
        ("empty extreme", "ReduceMax", 13, None, [Tensor.Of(Shape.Of(0), Array.Empty<long>())], "no extreme"),
        ("lengths", "ReverseSequence", 10, None, [Kernel.Ramp(2, 2), Tensor.Vector(3L, 0)], "3, 0"),
    ];

    private static Attributes None => Attributes.None;

    public static TheoryData<string> Names => [.. Cases.Select(static entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Contradictions_are_told_with_node_operator_and_reason(string name)
    {
        (_, string op, int opset, Attributes attributes, Tensor?[] inputs, string reason) = Cases.Single(entry => entry.Name == name);

        InvalidNodeException invalid = Should.Throw<InvalidNodeException>(() => Kernel.RunAll(op, opset, 1, attributes, inputs));

        invalid.Node.ShouldBe("node");
        invalid.Operator.ShouldBe(op);
        invalid.Message.ShouldStartWith($"Node 'node' ({op}): ");
        invalid.Reason.ShouldContain(reason);
        invalid.Message.ShouldNotContain("(Parameter");
    }

    [Fact]
    public void Parts_that_nobody_names_are_even_before_operator_set_18()
    {
        Should.Throw<InvalidNodeException>(() => Kernel.RunAll("Split", 13, 2, None, Kernel.Ramp(3))).Reason.ShouldContain("evenly");
        Should.Throw<InvalidNodeException>(
            () => Kernel.RunAll("Split", 18, 2, None.With("num_outputs", 3), Kernel.Ramp(3))).Reason.ShouldContain("num_outputs");
        Kernel.RunAll("Split", 18, 2, None.With("num_outputs", 2), Kernel.Ramp(3)).Select(static part => part.Count).ShouldBe([2, 1]);
    }

    [Theory]
    // Any integer modulo -1 is 0, the smallest one too.
    [InlineData(0)]
    [InlineData(1)]
    public void The_smallest_integer_has_a_remainder(long fmod)
    {
        Attributes attributes = None.With("fmod", fmod);
        Kernel.Run("Mod", attributes, Tensor.Vector(int.MinValue, 7), Tensor.Vector(-1, -1)).Elements<int>().ShouldBe([0, 0]);
        Kernel.Run("Mod", attributes, Tensor.Vector(long.MinValue), Tensor.Vector(-1L)).Elements<long>().ShouldBe([0L]);
    }
}
