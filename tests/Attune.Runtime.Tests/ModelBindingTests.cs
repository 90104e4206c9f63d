using Attune.Kernels;

namespace Attune.Runtime.Tests;

/// <summary>Runs on memory that is bound once.</summary>
public sealed class ModelBindingTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    [Fact]
    public void Several_inputs_and_outputs_of_several_types_are_read_and_written()
    {
        using CompiledModel model = Mixed();
        float[] x = new NetworkSketch(3).Random(Shape.Of(4, 6)).Elements<float>();
        long[] rows = [2, 0];
        float[] sum = new float[12];
        bool[] large = new bool[12];
        using ModelBinding binding = model.CreateBinding();
        binding.BindInput<float>("x", x);
        binding.BindInput<long>(1, rows);
        binding.BindOutput<float>(0, sum);
        binding.BindOutput<bool>("large", large);
        binding.Run();
        float[] expected = [.. rows.SelectMany(row => x.Skip((int)row * 6).Take(6).Select(value => value + value))];
        sum.ShouldBe(expected);
        large.ShouldBe([.. expected.Select(value => value > 0.5f)]);

        // Other contents, same memory.
        rows[1] = 3;
        x[18] = 40;
        binding.Run();
        sum[6].ShouldBe(80);
        large[6].ShouldBeTrue();
    }

    [Fact]
    public void Parts_of_larger_memory_are_bound_without_touching_the_rest()
    {
        using CompiledModel model = Small(out float[] expected, out float[] input);
        var arena = new float[input.Length + expected.Length + 3];
        input.CopyTo(arena, 1);
        using ModelBinding binding = model.CreateBinding();
        binding.BindInput<float>(0, arena.AsMemory(1, input.Length));
        binding.BindOutput(0, arena.AsMemory(input.Length + 2, expected.Length));
        binding.Run();
        arena[(input.Length + 2)..^1].ShouldBe(expected);
        (arena[0], arena[input.Length + 1], arena[^1]).ShouldBe((0f, 0f, 0f));
    }

    [Fact]
    public void What_is_not_bound_lies_in_memory_of_the_binding()
    {
        using CompiledModel model = Small(out float[] expected, out float[] input);
        using ModelBinding binding = model.CreateBinding();
        input.CopyTo(binding.Input<float>(0));
        binding.Output<float>(0).Length.ShouldBe(expected.Length);
        binding.Run();
        binding.Output<float>(0).ToArray().ShouldBe(expected);
        var own = new float[expected.Length];
        binding.BindOutput<float>(0, own);
        binding.Run();
        own.ShouldBe(expected);
        binding.Output<float>(0).Overlaps(own).ShouldBeTrue();
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using CompiledModel model = Small(out _, out float[] input);
        using ModelBinding binding = model.CreateBinding();
        binding.BindInput<float>(0, input);
        binding.BindOutput<float>(0, new float[model.Outputs[0].Type.Shape.Count]);
        binding.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 20; run++)
        {
            binding.Run();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Bindings_of_one_model_run_at_the_same_time()
    {
        using CompiledModel model = Small(out float[] expected, out float[] input);
        Parallel.For(0, 8, _ =>
        {
            var output = new float[expected.Length];
            using ModelBinding binding = model.CreateBinding();
            binding.BindInput<float>(0, input);
            binding.BindOutput<float>(0, output);
            for (int run = 0; run < 20; run++)
            {
                Array.Clear(output);
                binding.Run();
                output.ShouldBe(expected);
            }
        });
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_name_of_the_value()
    {
        using CompiledModel model = Mixed();
        using ModelBinding binding = model.CreateBinding();
        Should.Throw<ArgumentException>(() => binding.BindInput<float>("rows", new float[2])).Message.ShouldContain("'rows'");
        Should.Throw<ArgumentException>(() => binding.BindInput<long>("rows", new long[3])).Message.ShouldContain("'rows'");
        Should.Throw<ArgumentException>(() => binding.BindOutput<float>("huge", new float[12])).Message.ShouldContain("sum, large");
        Should.Throw<ArgumentOutOfRangeException>(() => binding.BindOutput<float>(2, new float[12]));
        Should.Throw<ArgumentOutOfRangeException>(() => binding.Input<float>(-1));
        Should.Throw<InvalidOperationException>(binding.Run).Message.ShouldContain("'x'");
    }

    [Fact]
    public void Nothing_runs_after_the_end()
    {
        CompiledModel model = Small(out _, out float[] input);
        ModelBinding binding = model.CreateBinding();
        binding.BindInput<float>(0, input);
        model.Dispose();
        Should.Throw<ObjectDisposedException>(binding.Run);
        binding.Dispose();
        Should.Throw<ObjectDisposedException>(binding.Run);
        Should.Throw<ObjectDisposedException>(() => binding.BindInput<float>(0, input));
    }

    private static CompiledModel Small(out float[] expected, out float[] input)
    {
        var sketch = new NetworkSketch(8);
        Network network = BranchedNetwork.Of(sketch);
        input = sketch.Random(network.Inputs[0].Type.Shape).Elements<float>();
        expected = new float[network.Outputs[0].Type.Shape.Count];
        var model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
        model.Run(input, expected);
        return model;
    }

    /// <summary>Rows of x, doubled, and which of them are above a half.</summary>
    private static CompiledModel Mixed()
    {
        var sketch = new NetworkSketch(1);
        string x = sketch.Input("x", 4, 6);
        string rows = sketch.Input("rows", 2);
        string chosen = sketch.Node("Gather", [x, rows], [2, 6]);
        string sum = sketch.Node("Add", [chosen, chosen], [2, 6]);
        string large = sketch.Node("Greater", [sum, sketch.Constant("half", Tensor.Scalar(0.5f))], [2, 6], element: DataType.Bool);
        Network network = sketch.Finish(sum, large);
        var indices = new TensorType(DataType.Int64, Shape.Of(2));
        network = network with
        {
            Inputs = [network.Inputs[0], new NetworkValue("rows", indices)],
            Outputs = [new NetworkValue("sum", network.Outputs[0].Type), new NetworkValue("large", network.Outputs[1].Type)],
            Nodes = [network.Nodes[0], network.Nodes[1] with { Outputs = ["sum"] }, network.Nodes[2] with { Inputs = ["sum", "half"], Outputs = ["large"] }],
            Types = network.Types.SetItem("rows", indices).Add("sum", network.Outputs[0].Type).Add("large", network.Outputs[1].Type),
        };
        return CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1 });
    }
}
