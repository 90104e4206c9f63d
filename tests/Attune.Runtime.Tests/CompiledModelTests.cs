using System.Collections.Concurrent;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Tests;

public sealed class CompiledModelTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string name in Networks.Keys)
        {
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                cases.Add(name, lanes, 1 + (lanes % 3 % Environment.ProcessorCount));
            }
        }

        return cases;
    }

    private static Dictionary<string, Func<NetworkSketch, Network>> Networks { get; } = new()
    {
        ["residual"] = s =>
        {
            string x = s.Input("x", 1, 3, 24, 20);
            string a = s.Conv(x, [1, 32, 12, 10], 7, 2, 3);
            string p = s.Node(
                "MaxPool",
                [a],
                [1, 32, 6, 5],
                Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 2L }).With("pads", new[] { 1L, 1L, 1L, 1L }));
            string b = s.Conv(p, [1, 32, 6, 5], 3, 1, 1);
            string c = s.Conv(b, [1, 32, 6, 5], 3, 1, 1, residual: p);
            string d = s.Conv(c, [1, 48, 3, 3], 1, 2, 0, activation: "none");
            string g = s.Node("GlobalAveragePool", [d], [1, 48, 1, 1]);
            string f = s.Node("Flatten", [g], [1, 48]);
            string y = s.Dense(f, [1, 10]);
            return s.Finish(s.Node("Softmax", [y], [1, 10]));
        },
        ["mobile"] = s =>
        {
            string x = s.Input("x", 2, 3, 17, 17);
            string a = s.Conv(x, [2, 24, 9, 9], 3, 2, 1, activation: "hard_swish");
            string b = s.Conv(a, [2, 24, 9, 9], 3, 1, 1, group: 24, activation: "silu");
            string c = s.Conv(b, [2, 40, 9, 9], 1, activation: "none");
            string d = s.Conv(c, [2, 40, 5, 5], 5, 2, 2, group: 40, activation: "gelu");
            string e = s.Conv(d, [2, 40, 5, 5], 1, activation: "sigmoid");
            return s.Finish(s.Node("Mul", [d, e], [2, 40, 5, 5]));
        },
        ["concat"] = s =>
        {
            string x = s.Input("x", 1, 16, 9, 9);
            string squeeze = s.Conv(x, [1, 16, 9, 9], 1);
            string left = s.Conv(squeeze, [1, 32, 9, 9], 1);
            string right = s.Conv(squeeze, [1, 20, 9, 9], 3, 1, 1);
            string both = s.Node("Concat", [left, squeeze, right], [1, 68, 9, 9], Attributes.None.With("axis", 1L));
            string twice = s.Node("Concat", [both, left], [1, 100, 9, 9], Attributes.None.With("axis", 1L));
            string pooled = s.Node(
                "AveragePool",
                [both],
                [1, 68, 5, 5],
                Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 2L }).With("pads", new[] { 1L, 1L, 1L, 1L }),
                11);
            string out1 = s.Conv(pooled, [1, 8, 5, 5], 3, 1, 1, activation: "tanh");
            return s.Finish(out1, twice);
        },
        ["groups"] = s =>
        {
            string x = s.Input("x", 1, 32, 8, 8);
            string a = s.Conv(x, [1, 64, 8, 8], 3, 1, 1, group: 2);
            string b = s.Conv(a, [1, 64, 8, 8], 3, 1, 2, group: 16, dilation: 2, activation: "leaky_relu");
            return s.Finish(s.Node("Relu", [b], [1, 64, 8, 8]), a);
        },
        ["matrices"] = s =>
        {
            string x = s.Input("x", 2, 5, 30);
            string a = s.Dense(x, [2, 5, 21], transposed: false, activation: "gelu_tanh");
            string b = s.Dense(a, [2, 5, 32], activation: "gelu");
            string c = s.Dense(b, [2, 5, 7]);
            return s.Finish(s.Node("Softmax", [c], [2, 5, 7]), a);
        },
        ["reference"] = s =>
        {
            string x = s.Input("x", 1, 8, 6, 6);
            string a = s.Conv(x, [1, 20, 6, 6], 3, 1, 1);
            string t = s.Node("Transpose", [a], [1, 6, 6, 20], Attributes.None.With("perm", new[] { 0L, 2L, 3L, 1L }));
            string r = s.Node("ReduceMax", [t], [1, 6, 1, 20], Attributes.None.With("axes", new[] { 2L }).With("keepdims", 1L), 12);
            string index = s.Node("ArgMax", [r], [1, 6, 1, 1], Attributes.None.With("axis", 3L), 13, DataType.Int64);
            string scale = s.Constant("scale", 1, 20, 1, 1);
            string m = s.Node("Mul", [a, scale], [1, 20, 6, 6]);
            return s.Finish(index, s.Conv(m, [1, 16, 6, 6], 1), r);
        },
        ["broadcast"] = s =>
        {
            string x = s.Input("x", 2, 3, 8, 8);
            string centred = s.Node("Sub", [x, s.Constant("mean", 3, 1, 1)], [2, 3, 8, 8]);
            string a = s.Conv(centred, [2, 20, 8, 8], 3, 1, 1, activation: "hard_swish");
            string scaled = s.Node("Mul", [s.Constant("scale", 1, 20, 1, 1), a], [2, 20, 8, 8]);
            string shifted = s.Node("Add", [scaled, s.Constant("shift", 1)], [2, 20, 8, 8]);
            string pooled = s.Node("GlobalAveragePool", [shifted], [2, 20, 1, 1]);
            string gate = s.Conv(pooled, [2, 20, 1, 1], 1, activation: "sigmoid");
            string excited = s.Node("Mul", [gate, shifted], [2, 20, 8, 8]);
            string rest = s.Node("Sub", [s.Constant("one", 1), excited], [2, 20, 8, 8]);
            string flat = s.Node(
                "Reshape", [s.Node(
                    "Div", [rest, s.Constant("by", Tensor.Of(Shape.Of(20, 1, 1), [.. Enumerable.Range(1, 20).Select(i => i / 8f)]))],
                    [2, 20, 8, 8]), s.Constant("shape", Tensor.Vector(new long[] { 2, 40, 32 }))], [2, 40, 32]);
            string rows = s.Node("Add", [flat, s.Constant("row", 32)], [2, 40, 32]);
            string halved = s.Node("Mul", [rows, s.Constant("half", 1)], [2, 40, 32]);
            return s.Finish(s.Node("Add", [halved, s.Constant("planes", 40, 1)], [2, 40, 32]), rest);
        },
        ["enlarged"] = s =>
        {
            string x = s.Input("x", 2, 20, 3, 4);
            Attributes floor = Attributes.None.With("mode", "nearest").With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", "floor");
            string twice = s.Node("Resize", [x, "", s.Constant("by 2 and 3", Tensor.Vector(new[] { 1f, 1f, 2f, 3f }))], [2, 20, 6, 12], floor, 13);
            string a = s.Conv(twice, [2, 36, 6, 12], 3, 1, 1);
            string again = s.Node(
                "Resize", [a, "", "", s.Constant("sizes", Tensor.Vector(new long[] { 2, 36, 18, 12 }))], [2, 36, 18, 12], Attributes.None, 13);
            string even = s.Node("Upsample", [a, s.Constant("by 4", Tensor.Vector(new[] { 1f, 1f, 4f, 4f }))], [2, 36, 24, 48], Attributes.None, 9);
            string wide = s.Conv(again, [2, 32, 18, 12], 1);
            return s.Finish(s.Node("Concat", [wide, again], [2, 68, 18, 12], Attributes.None.With("axis", 1L)), s.Conv(even, [2, 4, 24, 48], 3, 1, 1));
        },
        ["moved"] = s =>
        {
            string x = s.Input("x", 2, 3, 8, 10);
            string Longs(string name, params long[] values) => s.Constant(name, Tensor.Vector(values));
            string even = s.Node(
                "Slice",
                [x, Longs("from 0 0", 0, 0), Longs("to the end", long.MaxValue, 100), Longs("rows and columns", -2, 3), Longs("steps", 2, 2)],
                [2, 3, 4, 5],
                Attributes.None,
                13);
            string odd = s.Node(
                "Slice",
                [x, Longs("from 1 0", 1, 0), Longs("to the end too", 8, 10), Longs("rows and columns too", 2, 3), Longs("steps too", 2, 2)],
                [2, 3, 4, 5],
                Attributes.None,
                13);
            string back = s.Node(
                "Slice",
                [x, Longs("last", -1), Longs("before the first", -100), Longs("columns", 3), Longs("back by 2", -2)],
                [2, 3, 8, 5],
                Attributes.None,
                13);
            string old = s.Node(
                "Slice", [back], [2, 3, 4, 5], Attributes.None.With("starts", new[] { 2L }).With("ends", new[] { -2L }).With("axes", new[] { 2L }), 9);
            string focus = s.Node("Concat", [even, odd, old, even], [2, 12, 4, 5], Attributes.None.With("axis", 1L));
            string a = s.Conv(focus, [2, 24, 4, 5], 3, 1, 1);
            (string few, string many) = s.Split(a, [2, 7, 4, 5], [2, 17, 4, 5], 1);
            string rows = s.Node("Concat", [many, many], [2, 17, 8, 5], Attributes.None.With("axis", -2L));
            return s.Finish(few, s.Conv(rows, [2, 16, 8, 5], 1));
        },
        ["encoder"] = s =>
        {
            string x = s.Input("x", 2, 9, 48);
            string mask = s.Input("mask", 2, 1, 1, 9);
            string n = s.Node("LayerNormalization", [x, s.Constant("gamma", 48), s.Constant("beta", 48)], [2, 9, 48], Attributes.None.With("axis", -1L), 17);
            string qkv = s.Dense(n, [2, 9, 144]);
            Attributes heads = Attributes.None.With("heads", 3L)
                .With("size", 16L)
                .With("value_size", 16L)
                .With("scale", 0.25f)
                .With("offsets", new[] { 0L, 48L, 96L });
            string a = s.Node(FusedOperators.Attention, [qkv, qkv, qkv, mask], [2, 9, 48], heads, 1);
            string r = s.Node("Add", [s.Dense(a, [2, 9, 48]), x], [2, 9, 48]);
            string up = s.Dense(r, [2, 9, 80], activation: "gelu");
            string m = s.Node("LayerNormalization", [s.Dense(up, [2, 9, 48]), s.Constant("factor", 48)], [2, 9, 48], Attributes.None.With("axis", 2L), 17);
            return s.Finish(m, a);
        },
        ["products"] = s =>
        {
            string x = s.Input("x", 2, 3, 7, 10);
            string y = s.Input("y", 3, 10, 21);
            string constant = s.Constant("mask", 1, 1, 5, 10);
            string t = s.Node("Transpose", [x], [2, 3, 10, 7], Attributes.None.With("perm", new[] { 0L, 1L, 3L, 2L }));
            string square = s.Node("MatMul", [t, x], [2, 3, 10, 10]);
            string wide = s.Node("MatMul", [x, y], [2, 3, 7, 21]);
            string back = s.Node("Transpose", [wide], [21, 3, 2, 7], Attributes.None.With("perm", new[] { 3L, 1L, 0L, 2L }));
            string shares = s.Node("Softmax", [square], [2, 3, 10, 10], Attributes.None.With("axis", -1L));
            string g = s.Node("Gelu", [shares], [2, 3, 10, 10], Attributes.None, 20);
            string q = s.Input("q", 1, 5, 16);
            string k = s.Input("k", 1, 10, 16);
            Attributes heads = Attributes.None.With("heads", 1L).With("size", 16L).With("value_size", 16L).With("offsets", new[] { 0L, 0L, 0L });
            return s.Finish(back, g, s.Node(FusedOperators.Attention, [q, k, k, constant], [1, 5, 16], heads, 1));
        },
        ["lines"] = s =>
        {
            string x = s.Input("x", 1, 16, 40);
            string w = s.Constant("w", 32, 16, 5);
            Attributes attributes = Attributes.None.With("kernel_shape", new[] { 5L })
                .With("strides", new[] { 2L })
                .With("pads", new[] { 2L, 2L })
                .With("dilations", new[] { 1L })
                .With("group", 1L);
            return s.Finish(s.Node(
                FusedOperators.Convolution, [x, w, string.Empty, string.Empty], [1, 32, 20],
                attributes.With(FusedOperators.Activation, "clip").With("alpha", -0.5f).With("beta", 0.75f), 1));
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compiled_networks_compute_what_the_reference_computes(string name, int lanes, int threads)
    {
        var sketch = new NetworkSketch(11);
        Network network = Networks[name](sketch);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        using CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = threads, Lanes = lanes });
        for (int run = 0; run < 2; run++)
        {
            IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
            foreach (NetworkValue output in network.Outputs)
            {
                Same(actual[output.Name], expected[output.Name]);
            }
        }
    }

    [Fact]
    public void One_instance_serves_many_threads()
    {
        var sketch = new NetworkSketch(3);
        Network network = Networks["residual"](sketch);
        using CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
        Tensor[] inputs = [.. Enumerable.Range(0, 16).Select(_ => sketch.Random(network.Inputs[0].Type.Shape))];
        var answers = new ConcurrentDictionary<int, float[]>();
        Parallel.For(0, inputs.Length * 8, i =>
        {
            var output = new float[10];
            model.Run(inputs[i % inputs.Length].Span<float>(), output);
            answers[i] = output;
        });
        foreach ((int i, float[] answer) in answers)
        {
            answer.ShouldBe(answers[i % inputs.Length]);
            answer.Sum().ShouldBe(1f, 1e-5f);
        }
    }

    [Fact]
    public void Two_models_run_at_once_on_two_application_threads()
    {
        var sketch = new NetworkSketch(3);
        Network network = Networks["residual"](sketch);
        int threads = Math.Min(2, Environment.ProcessorCount);
        using CompiledModel first = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = threads });
        using CompiledModel second = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = threads });
        float[] input = sketch.Random(network.Inputs[0].Type.Shape).Elements<float>();
        var expected = new float[10];
        first.Run(input, expected);
        Parallel.ForEach(new[] { first, second }, new ParallelOptions { MaxDegreeOfParallelism = 2 }, model =>
        {
            var output = new float[10];
            for (int i = 0; i < 50; i++)
            {
                model.Run(input, output);
                output.ShouldBe(expected);
            }
        });
    }

    [Theory]
    [InlineData("concat", "concat")]
    [InlineData("residual", "softmax")]
    public void Switched_off_fusions_of_the_plan_change_the_steps_and_not_the_result(string name, string fusion)
    {
        var sketch = new NetworkSketch(11);
        Network network = Networks[name](sketch);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        using CompiledModel all = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
        using CompiledModel without = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1, WithoutFusions = [fusion] });
        without.Steps.Select(step => step.Operation).ShouldNotBe(all.Steps.Select(step => step.Operation));
        IReadOnlyDictionary<string, Tensor> expected = all.Run(inputs);
        foreach ((string output, Tensor actual) in without.Run(inputs))
        {
            Same(actual, expected[output]);
        }
    }

    [Theory]
    [InlineData("broadcast")]
    [InlineData("enlarged")]
    [InlineData("moved")]
    public void Broadcast_operands_enlargements_and_copies_need_no_reference_kernel(string name)
    {
        using CompiledModel model = CompiledModel.Compile(Networks[name](new NetworkSketch(3)), NoConfigurations, new ModelOptions { Threads = 1, Lanes = 8 });
        model.Steps.ShouldNotContain(step => step.Operation == "Reference");
    }

    [Fact]
    public void Inference_allocates_nothing()
    {
        var sketch = new NetworkSketch(3);
        using CompiledModel model = CompiledModel.Compile(
            Networks["residual"](sketch), NoConfigurations, new ModelOptions { Threads = Math.Min(2, Environment.ProcessorCount) });
        float[] input = sketch.Random(model.Inputs[0].Type.Shape).Elements<float>();
        var output = new float[10];
        model.Run(input, output);

        const int runs = 20;
        const int smallestObject = 24;

        // Other threads of the test host allocate now and then, an inference that allocates does so in every series: the smallest one counts.
        long smallest = long.MaxValue;
        for (int series = 0; series < 20; series++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < runs; i++)
            {
                model.Run(input, output);
            }

            smallest = Math.Min(smallest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        smallest.ShouldBeLessThan(runs * smallestObject);
    }

    [Fact]
    public void Attention_norms_and_products_run_without_reference_kernels_and_allocate_nothing()
    {
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 1, 32, 64);
        string n = sketch.Node("LayerNormalization", [x, sketch.Constant("g", 64)], [1, 32, 64], Attributes.None.With("axis", -1L), 17);
        Attributes heads = Attributes.None.With("heads", 2L).With("size", 32L).With("value_size", 32L).With("offsets", new[] { 0L, 0L, 0L });
        string a = sketch.Node(FusedOperators.Attention, [n, x, n], [1, 32, 64], heads, 1);
        string t = sketch.Node("Transpose", [a], [1, 64, 32], Attributes.None.With("perm", new[] { 0L, 2L, 1L }));
        string y = sketch.Node("Softmax", [sketch.Node("MatMul", [a, t], [1, 32, 32])], [1, 32, 32], Attributes.None.With("axis", -1L));
        using CompiledModel model = CompiledModel.Compile(
            sketch.Finish(y), NoConfigurations, new ModelOptions { Threads = Math.Min(2, Environment.ProcessorCount) });
        model.Steps.ShouldNotContain(step => step.Operation == "Reference");
        float[] input = sketch.Random(model.Inputs[0].Type.Shape).Elements<float>();
        var output = new float[32 * 32];
        model.Run(input, output);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 100; i++)
        {
            model.Run(input, output);
        }

        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(2_000);
    }

    [Theory]
    [InlineData(2L, 9L, 64L)]
    [InlineData(5L, 0L, 64L)]
    [InlineData(2L, 0L, 80L)]
    public void An_attention_that_contradicts_its_types_is_refused_instead_of_run(long heads, long offset, long columns)
    {
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 1, 8, 64);
        Attributes attributes = Attributes.None.With("heads", heads).With("size", 32L).With("value_size", 32L).With("offsets", new[] { 0L, offset, 0L });
        Network network = sketch.Finish(sketch.Node(FusedOperators.Attention, [x, x, x], [1, 8, columns], attributes, 1));
        Dictionary<string, Tensor> inputs = new() { ["x"] = sketch.Random(Shape.Of(1, 8, 64)) };
        using CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
        model.Steps.ShouldContain(step => step.Operation == "Reference");
        if (columns == 64)
        {
            Should.Throw<ArgumentException>(() => model.Run(inputs)).Message.ShouldContain("queries");
        }
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_the_expected_shape()
    {
        var sketch = new NetworkSketch(3);
        using CompiledModel model = CompiledModel.Compile(Networks["residual"](sketch), NoConfigurations, new ModelOptions { Threads = 1 });
        Should.Throw<ArgumentException>(() => model.Run(new float[5], new float[10])).Message.ShouldContain("1x3x24x20");
        Should.Throw<ArgumentException>(() => model.Run(new Dictionary<string, Tensor>())).Message.ShouldContain("'x'");
    }

    [Fact]
    public void Threads_beyond_the_processors_are_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => new ModelOptions { Threads = Environment.ProcessorCount + 1 }.Resolve()).Message.ShouldContain("processors");

    private static void Same(Tensor actual, Tensor expected)
    {
        actual.Type.ShouldBe(expected.Type);
        if (expected.Element != DataType.Float32)
        {
            actual.Data.ShouldBe(expected.Data);
            return;
        }

        float[] a = actual.Elements<float>();
        float[] e = expected.Elements<float>();
        for (int i = 0; i < e.Length; i++)
        {
            (Math.Abs(a[i] - e[i]) <= 2e-4f * Math.Max(1, Math.Abs(e[i]))).ShouldBeTrue($"element {i} is {a[i]}, expected {e[i]}");
        }
    }
}
