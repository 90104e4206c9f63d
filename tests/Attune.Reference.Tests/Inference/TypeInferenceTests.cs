using Attune.Graph.Conformance;
using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Reference.Tests.Inference;

/// <summary>What nodes of untrusted files get away with: nothing that a plan would have to believe.</summary>
public sealed class TypeInferenceTests
{
    [Fact]
    public void Operators_have_a_kernel_exactly_if_they_have_a_rule()
    {
        ReferenceKernels.Default.Operators.ShouldAllBe(name => InferenceTable.Knows(name));

        // The part that is planned while a network runs is a network of its own.
        InferenceTable.Knows(FusedOperators.Dynamic).ShouldBeTrue();
        ReferenceKernels.Default.Operators.Count.ShouldBe(InferenceTable.Count - 1);
    }

    [Fact]
    public void Kernels_of_tests_alone_are_of_operators_without_a_rule()
    {
        string[] further = [.. ConformanceKernels.All.Operators.Except(ReferenceKernels.Default.Operators)];
        further.ShouldContain("ai.onnx.preview.training.Adam");
        further.ShouldAllBe(name => !InferenceTable.Knows(name));
    }

    [Theory]
    [InlineData("Add", "2x3", "2x3", null)]
    [InlineData("Add", "2x3", "", "1 inputs")]
    [InlineData("Relu", "2x3", "2x3", "2 inputs")]
    [InlineData("Conv", "1x3x8x8", "", "1 inputs")]
    [InlineData("Concat", "", "", "0 inputs")]
    [InlineData("Softmax", "2x3", "", null)]
    public void Inputs_are_counted(string operation, string first, string second, string? complaint)
    {
        string[] given = [.. new[] { first, second }.Where(shape => shape.Length > 0)];
        Verdict(operation, 13, given, Attributes.None).ShouldBe(complaint);
    }

    [Fact]
    public void A_required_input_may_not_be_left_out() => Verdict("Add", 13, ["", "2x3"], Attributes.None).ShouldBe("Input 0");

    [Theory]
    [InlineData("Softmax", "axis", 2L, "Axis 2")]
    [InlineData("Softmax", "axis", -3L, "Axis -3")]
    [InlineData("Softmax", "axis", 1L, null)]
    [InlineData("Softmax", "axis", "1", "wrong kind")]
    [InlineData("LeakyRelu", "alpha", 1L, "wrong kind")]
    [InlineData("LeakyRelu", "alpha", 1f, null)]
    [InlineData("Relu", "anything", "goes", null)]
    public void Attributes_have_the_kind_and_range_that_the_standard_gives_them(string operation, string attribute, object value, string? complaint) =>
        Verdict(operation, 13, ["2x3"], Attributes.None.With(attribute, value)).ShouldBe(complaint);

    [Theory]
    [InlineData("pads", new long[] { 0, -1, 0, 0 }, "pad")]
    [InlineData("pads", new long[] { 0, 0, 0, 1L << 32 }, "pad")]
    [InlineData("strides", new long[] { 1, 0 }, "stride")]
    [InlineData("strides", new long[] { 1L << 32, 1 }, "stride")]
    [InlineData("dilations", new long[] { 1, 1L << 40 }, "dilation")]
    [InlineData("strides", new long[] { 2, 2 }, null)]
    public void Windows_stay_within_what_can_be_planned(string attribute, long[] values, string? complaint) =>
        Verdict("Conv", 13, ["1x3x8x8", "4x3x3x3"], Attributes.None.With(attribute, values)).ShouldBe(complaint);

    [Fact]
    public void A_slice_goes_by_the_bounds_of_its_own_operator_set()
    {
        // Operator set 10 moved the bounds to inputs; a node that has both must not be measured by one and cut by the other.
        Attributes both = Attributes.None.With("starts", new long[] { 0 }).With("ends", new long[] { 9 }).With("axes", new long[] { 0 });
        Sliced(13, both, 6, 8).ShouldBe("2");
        Sliced(9, both, 6, 8).ShouldBe("9");
        Sliced(13, Attributes.None, 6, 8).ShouldBe("2");
        Should.Throw<InvalidOperationException>(() => Sliced(9, Attributes.None, 6, 8)).Message.ShouldContain("starts");
    }

    [Fact]
    public void A_slice_cuts_an_axis_once()
    {
        // The second bound would be counted from what the first one left.
        var inference = new TypeInference(ConstantEvaluator.None, 1000);
        inference.Define("x", new TensorType(DataType.Float32, Shape.Of(10)));
        inference.Define("from", Tensor.Vector(5L, -1L));
        inference.Define("to", Tensor.Vector(10L, 10L));
        inference.Define("axes", Tensor.Vector(0L, -1L));
        inference.Visit(new Node("n", "Slice", 13, ["x", "from", "to", "axes"], ["y"], Attributes.None)).ShouldNotBeNull().Message.ShouldContain("twice");
    }

    [Theory]
    [InlineData(DataType.Int8, true, 4, true)]
    [InlineData(DataType.Float16, true, 4, true)]
    [InlineData(DataType.Int8, false, 4, false)]
    [InlineData(DataType.Int8, true, 3, false)]
    [InlineData(DataType.Float32, true, 4, false)]
    [InlineData(DataType.Float32, false, 4, true)]
    [InlineData(DataType.UInt8, true, 4, false)]
    public void Narrow_weights_come_with_one_scale_for_each_output_channel(DataType element, bool scaled, int scales, bool holds)
    {
        var inference = new TypeInference(ConstantEvaluator.None, 1000);
        inference.Define("x", new TensorType(DataType.Float32, Shape.Of(2, 5)));
        inference.Define("w", Tensor.Zeros(element, Shape.Of(5, 4)));
        inference.Define("s", Tensor.Zeros(DataType.Float32, Shape.Of(scales)));
        InferenceProblem? problem = inference.Visit(
            new Node("n", FusedOperators.Dense, 1, scaled ? ["x", "w", "", "", "s"] : ["x", "w"], ["y"], Attributes.None));
        (problem is null).ShouldBe(holds, problem?.Message);
        inference.Types.GetValueOrDefault("y")?.Shape.ToString().ShouldBe("2x4");
    }

    [Theory]
    [InlineData("relu", false, false, true)]
    [InlineData("clip", false, false, false)]
    [InlineData("clip", true, false, false)]
    [InlineData("clip", true, true, true)]
    [InlineData("leaky_relu", false, false, false)]
    [InlineData("leaky_relu", true, false, true)]
    [InlineData("hard_sigmoid", true, false, false)]
    [InlineData("hard_sigmoid", true, true, true)]
    public void A_fused_activation_states_its_parameters(string activation, bool alpha, bool beta, bool holds)
    {
        Attributes attributes = Attributes.None.With(FusedOperators.Activation, activation);
        attributes = alpha ? attributes.With("alpha", 0.25f) : attributes;
        attributes = beta ? attributes.With("beta", 0.5f) : attributes;
        var inference = new TypeInference(ConstantEvaluator.None, 1000);
        inference.Define("x", new TensorType(DataType.Float32, Shape.Of(2, 5)));
        inference.Define("w", Tensor.Zeros(DataType.Float32, Shape.Of(5, 4)));
        InferenceProblem? problem = inference.Visit(new Node("n", FusedOperators.Dense, 1, ["x", "w"], ["y"], attributes));
        (problem is null).ShouldBe(holds, problem?.Message);
    }

    [Fact]
    public void A_normalisation_has_one_element_type()
    {
        var inference = new TypeInference(ConstantEvaluator.None, 1000);
        inference.Define("x", new TensorType(DataType.Float32, Shape.Of(2, 5)));
        inference.Define("scale", Tensor.Zeros(DataType.Int8, Shape.Of(5)));
        inference.Visit(new Node("n", "LayerNormalization", 17, ["x", "scale"], ["y"], Attributes.None)).ShouldNotBeNull().Message.ShouldContain("Int8");
    }

    [Theory]
    [InlineData("40x40", 1599, true)]
    [InlineData("40x40", 1600, false)]
    [InlineData("0x9000000000", 1600, true)]
    public void No_value_has_more_elements_or_a_longer_axis_than_allowed(string shape, long max, bool isTooLarge)
    {
        var inference = new TypeInference(ConstantEvaluator.None, max);
        inference.Define("x", new TensorType(DataType.Float32, ShapeOf(shape)));
        (inference.Visit(new Node("n", "Relu", 13, ["x"], ["y"], Attributes.None))?.Kind == InferenceProblemKind.TooLarge).ShouldBe(isTooLarge);
    }

    [Theory]
    [InlineData("LSTM", "7x2x3", "1x20x3", "1x20x5", null, 0, "7x1x2x5 1x2x5 1x2x5")]
    [InlineData("GRU", "2x7x3", "1x15x3", "1x15x5", null, 1, "2x7x1x5 2x1x5")]
    [InlineData("RNN", "7x2x3", "2x5x3", "2x5x5", "bidirectional", 0, "7x2x2x5 2x2x5")]
    [InlineData("RNN", "7x2x3", "1x5x4", "1x5x5", null, 0, "Weights 1x5x4")]
    [InlineData("LSTM", "7x2x3", "1x20x3", "1x20x5", "bidirectional", 0, "Weights 1x20x3")]
    [InlineData("LSTM", "7x6", "1x20x3", "1x20x5", null, 0, "three axes")]
    public void Recurrent_layers_give_all_states_and_the_last(
        string operation, string x, string weights, string recurrent, string? direction, int layout, string expected)
    {
        Attributes attributes = Attributes.None.With("layout", layout);
        attributes = direction is null ? attributes : attributes.With("direction", direction);
        var inference = new TypeInference(ConstantEvaluator.None, 1 << 20);
        string[] inputs = ["x", "w", "r"];
        foreach ((string name, string shape) in inputs.Zip([x, weights, recurrent]))
        {
            inference.Define(name, new TensorType(DataType.Float32, ShapeOf(shape)));
        }

        string[] outputs = operation == "LSTM" ? ["y", "h", "c"] : ["y", "h"];
        string? problem = inference.Visit(new Node("n", operation, 14, [.. inputs], [.. outputs], attributes))?.Message;
        (problem ?? string.Join(' ', outputs.Select(output => inference.Types[output].Shape))).ShouldContain(expected);
    }

    private static string Sliced(int opset, Attributes attributes, long from, long to)
    {
        var inference = new TypeInference(ConstantEvaluator.None, 1000);
        inference.Define("x", new TensorType(DataType.Float32, Shape.Of(10)));
        inference.Define("from", Tensor.Vector(from));
        inference.Define("to", Tensor.Vector(to));
        InferenceProblem? problem = inference.Visit(new Node("n", "Slice", opset, opset < 10 ? ["x"] : ["x", "from", "to"], ["y"], attributes));
        return problem is null ? inference.Types["y"].Shape.ToString() : throw new InvalidOperationException(problem.Message);
    }

    // What is wrong, as a word that the caller expects; null when nothing is.
    private static string? Verdict(string operation, int opset, string[] shapes, Attributes attributes)
    {
        var inference = new TypeInference(ConstantEvaluator.None, 1 << 20);
        string[] names = [.. shapes.Select((shape, i) => shape.Length == 0 ? string.Empty : $"x{i}")];
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].Length > 0)
            {
                inference.Define(names[i], new TensorType(DataType.Float32, ShapeOf(shapes[i])));
            }
        }

        string? message = inference.Visit(new Node("n", operation, opset, [.. names], ["y"], attributes))?.Message;
        string[] words = ["0 inputs", "1 inputs", "2 inputs", "Input 0", "Axis 2", "Axis -3", "wrong kind", "pad ", "stride", "dilation"];
        return message is null ? null : (words.FirstOrDefault(message.Contains) ?? message).TrimEnd();
    }

    private static Shape ShapeOf(string text) => Shape.Of([.. text.Split('x').Select(long.Parse)]);
}
