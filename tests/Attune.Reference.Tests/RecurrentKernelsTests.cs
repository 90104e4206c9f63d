using Attune.Kernels;

namespace Attune.Reference.Tests;

/// <summary>Recurrent layers: single units by hand from ONNX's equations, and what the ways of calling a layer have in common.</summary>
public sealed class RecurrentKernelsTests
{
    private static readonly Tensor One = Tensor.Of(Shape.Of(1, 1, 1), new float[] { 1 });

    [Fact]
    public void A_long_cell_with_peepholes_follows_its_equations()
    {
        // One unit; gates i, o, f, c. All weights differ, so that none stands for another.
        Tensor w = Column(0.1f, 0.2f, 0.3f, 0.4f);
        Tensor r = Column(0.5f, -0.6f, 0.7f, -0.8f);
        Tensor b = Tensor.Of(Shape.Of(1, 8), new[] { 0.01f, 0.02f, 0.03f, 0.04f, 0.05f, 0.06f, 0.07f, 0.08f });
        Tensor p = Tensor.Of(Shape.Of(1, 3), new[] { 0.9f, -1.1f, 1.2f });
        const double x = 1, h = 0.25, c = -0.5;
        double input = Sigmoid((0.1 * x) + (0.5 * h) + 0.06 + (0.9 * c));
        double forget = Sigmoid((0.3 * x) + (0.7 * h) + 0.10 + (1.2 * c));
        double candidate = Math.Tanh((0.4 * x) - (0.8 * h) + 0.12);
        double memory = (forget * c) + (input * candidate);
        double output = Sigmoid((0.2 * x) - (0.6 * h) + 0.08 - (1.1 * memory));
        float next = (float)(output * Math.Tanh(memory));
        Tensor[] y = Kernel.RunAll("LSTM", 14, 3, Attributes.None.With("hidden_size", 1), One, w, r, b, null, Number(0.25f), Number(-0.5f), p);
        y[0].ShouldBe([1, 1, 1, 1], [next]);
        y[1].ShouldBe([1, 1, 1], [next]);
        y[2].ShouldBe([1, 1, 1], [(float)memory]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_gated_cell_resets_before_or_behind_the_product(int behind)
    {
        // One unit; gates z, r, h. The bias of the candidate's product tells the two forms apart.
        Tensor w = Column(0.1f, 0.2f, 0.3f);
        Tensor r = Column(0.5f, -0.6f, 0.7f);
        Tensor b = Tensor.Of(Shape.Of(1, 6), new[] { 0.01f, 0.02f, 0.03f, 0.04f, 0.05f, 0.9f });
        const double h = 0.25;
        double update = Sigmoid(0.1 + (0.5 * h) + 0.05);
        double reset = Sigmoid(0.2 - (0.6 * h) + 0.07);
        double memory = behind == 1 ? reset * ((0.7 * h) + 0.9) : (0.7 * reset * h) + 0.9;
        double next = ((1 - update) * Math.Tanh(0.33 + memory)) + (update * h);
        Attributes attributes = Attributes.None.With("hidden_size", 1).With("linear_before_reset", behind);
        Kernel.RunAll("GRU", 14, 2, attributes, One, w, r, b, null, Number(0.25f))[1].ShouldBe([1, 1, 1], [(float)next]);
    }

    [Theory]
    [InlineData("Affine", 2f, 0.5f, 2.5f)]
    [InlineData("HardSigmoid", 0.25f, 0.5f, 0.75f)]
    [InlineData("ScaledTanh", 2f, 0.5f, 0.92423433f)]
    [InlineData("LeakyRelu", 0.5f, 0f, 1f)]
    [InlineData("softsign", 0f, 0f, 0.5f)]
    [InlineData("Elu", 1f, 0f, 1f)]
    [InlineData("ThresholdedRelu", 2f, 0f, 0f)]
    public void Functions_take_their_parameters(string function, float alpha, float beta, float expected)
    {
        Attributes attributes = Attributes.None.With("activations", new[] { function }).With("activation_alpha", new[] { alpha }).With(
            "activation_beta", new[] { beta });
        Kernel.RunAll("RNN", 14, 1, attributes, One, One, One)[0].ShouldBe([1, 1, 1, 1], [expected]);
    }

    [Fact]
    public void Arguments_of_functions_are_clipped()
    {
        Attributes attributes = Attributes.None.With("clip", 0.5f);
        Kernel.RunAll("RNN", 14, 1, attributes, One, One, One)[0].ShouldBe([1, 1, 1, 1], [MathF.Tanh(0.5f)]);
    }

    [Theory]
    [InlineData("RNN", 1)]
    [InlineData("GRU", 3)]
    [InlineData("LSTM", 4)]
    public void Directions_layouts_and_lengths_are_ways_of_calling_the_same_layer(string op, int gates)
    {
        const int steps = 4, batch = 2, features = 3, hidden = 5;
        var random = new Random(7);
        int outputs = op == "LSTM" ? 3 : 2;
        Tensor x = Kernel.Random(random, steps, batch, features);
        Tensor w = Kernel.Random(random, 2, gates * hidden, features);
        Tensor r = Kernel.Random(random, 2, gates * hidden, hidden);
        Tensor b = Kernel.Random(random, 2, 2 * gates * hidden);
        Tensor h = Kernel.Random(random, 2, batch, hidden);
        Tensor[] both = Kernel.RunAll(op, 14, outputs, Attributes.None.With("direction", "bidirectional"), x, w, r, b, null, h);

        // Each direction alone, on its own weights.
        for (int direction = 0; direction < 2; direction++)
        {
            Attributes alone = Attributes.None.With("direction", direction == 0 ? "forward" : "reverse");
            Tensor Half(Tensor all) => Part(all, 0, direction);
            Tensor[] one = Kernel.RunAll(op, 14, outputs, alone, x, Half(w), Half(r), Half(b), null, Half(h));
            one[0].ShouldBeNear(Part(both[0], 1, direction));
            one[1].ShouldBeNear(Part(both[1], 0, direction));
        }

        // Backwards is forwards on the steps in reverse order.
        Tensor[] backwards = Kernel.RunAll(
            op, 14, outputs, Attributes.None.With("direction", "reverse"), x, Part(w, 0, 1), Part(r, 0, 1), Part(b, 0, 1), null, Part(h, 0, 1));
        Tensor[] forwards = Kernel.RunAll(op, 14, outputs, Attributes.None, Reversed(x), Part(w, 0, 1), Part(r, 0, 1), Part(b, 0, 1), null, Part(h, 0, 1));
        Reversed(backwards[0]).ShouldBeNear(forwards[0]);

        // The batch as the first axis.
        Tensor[] batchFirst = Kernel.RunAll(
            op, 14, outputs, Attributes.None.With("direction", "bidirectional").With("layout", 1), Permuted(x, 1, 0, 2), w, r, b, null, Permuted(h, 1, 0, 2));
        batchFirst[0].ShouldBeNear(Permuted(both[0], 2, 0, 1, 3));
        batchFirst[1].ShouldBeNear(Permuted(both[1], 1, 0, 2));

        // A sequence that ends early: nothing behind its end, and its last state is that of its own last step, whatever follows.
        Tensor[] early = Kernel.RunAll(
            op, 14, outputs, Attributes.None.With("direction", "bidirectional"), x, w, r, b, Tensor.Vector(4, 2), h);
        Tensor[] cut = Kernel.RunAll(
            op, 14, outputs, Attributes.None.With("direction", "bidirectional"),
            Tensor.Of(Shape.Of(2, batch, features), x.Elements<float>()[..(2 * batch * features)]),
            w, r, b, null, h);
        Part(early[1], 1, 0).ShouldBeNear(Part(both[1], 1, 0));
        Part(early[1], 1, 1).ShouldBeNear(Part(cut[1], 1, 1));
        Part(early[0], 2, 1).Elements<float>()[(2 * 2 * hidden)..].ShouldAllBe(value => value == 0);
    }

    [Theory]
    [InlineData("hidden_size", 4L, "hidden_size 4")]
    [InlineData("direction", "up", "direction 'up'")]
    [InlineData("activations", "Sine", "activation 'Sine'")]
    [InlineData("activations", "Tanh,Tanh", "2 activations")]
    public void Attributes_that_fit_nothing_are_refused(string name, object value, string complaint)
    {
        object given = name == "activations" ? ((string)value).Split(',') : value;
        Exception refusal = Should.Throw<Exception>(() => Kernel.RunAll("RNN", 14, 1, Attributes.None.With(name, given), One, One, One));
        (refusal is InvalidNodeException or UnsupportedOperatorException).ShouldBeTrue();
        refusal.Message.ShouldContain(complaint);
    }

    [Fact]
    public void Sequences_longer_than_the_input_are_refused_before_anything_runs()
    {
        var node = new Node("node", "RNN", 14, ["x", "w", "r", "", "lengths"], ["y"], Attributes.None);
        Tensor lengths = Tensor.Vector(2);
        NodeRefusal? refusal = ReferenceKernels.Default.Check(
            node, [One.Type, One.Type, One.Type, null, lengths.Type], [null, null, null, null, lengths]);
        refusal.ShouldNotBeNull().Message.ShouldContain("a sequence of 2 steps does not fit into 1");
    }

    private static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));

    private static Tensor Number(float value) => Tensor.Of(Shape.Of(1, 1, 1), new[] { value });

    private static Tensor Column(params float[] values) => Tensor.Of(Shape.Of(1, values.Length, 1), values);

    private static Tensor Permuted(Tensor tensor, params long[] order) => Kernel.Run("Transpose", Attributes.None.With("perm", order), tensor);

    private static Tensor Part(Tensor tensor, int axis, int index)
    {
        Tensor at = Tensor.Vector((long)index);
        return Kernel.Run("Gather", Attributes.None.With("axis", axis), tensor, at);
    }

    private static Tensor Reversed(Tensor tensor) =>
        Kernel.Run("Slice", tensor, Tensor.Vector(-1L), Tensor.Vector(long.MinValue), Tensor.Vector(0L), Tensor.Vector(-1L));
}
