using System.Numerics.Tensors;
using Attune.Runtime.Tests;

namespace Attune.Runtime.Tensors.Tests;

/// <summary>Tensor spans of every form give what plain spans give.</summary>
public sealed class TensorSpanRunsTests : IDisposable
{
    private static readonly nint[] InputShape = [1, 8, 6, 5];
    private static readonly nint[] OutputShape = [1, 16, 6, 5];
    private readonly CompiledModel model;
    private readonly float[] input;
    private readonly float[] expected = new float[16 * 6 * 5];

    public TensorSpanRunsTests()
    {
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 1, 8, 6, 5);
        model = CompiledModel.Compile(
            sketch.Finish(sketch.Conv(x, [1, 16, 6, 5], 3, 1, 1)),
            new Dictionary<string,
            IReadOnlyDictionary<string,
            string>>(),
            new ModelOptions { Threads = 1 });
        input = sketch.Random(model.Inputs[0].Type.Shape).Elements<float>();
        model.Run(input, expected);
    }

    public void Dispose() => model.Dispose();

    [Fact]
    public void Dense_tensors_are_used_where_they_are()
    {
        var output = new float[expected.Length];
        var source = new ReadOnlyTensorSpan<float>(input, InputShape);
        var target = new TensorSpan<float>(output, OutputShape);
        model.Run(source, target);
        output.ShouldBe(expected);

        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Run(source, target);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Tensors_with_strides_are_read_and_written_in_their_order()
    {
        // Channels last in memory, seen as channels first.
        var turned = new float[input.Length];
        for (int channel = 0; channel < 8; channel++)
        {
            for (int pixel = 0; pixel < 30; pixel++)
            {
                turned[(pixel * 8) + channel] = input[(channel * 30) + pixel];
            }
        }

        var memory = new float[16 * 6 * 7];
        model.Run(new ReadOnlyTensorSpan<float>(turned, InputShape, [0, 1, 40, 8]), new TensorSpan<float>(memory, OutputShape, [0, 42, 7, 1]));
        for (int row = 0; row < 16 * 6; row++)
        {
            memory[(row * 7)..((row * 7) + 5)].ShouldBe(expected[(row * 5)..((row * 5) + 5)]);
            memory[((row * 7) + 5)..((row * 7) + 7)].ShouldBe([0f, 0f]);
        }
    }

    [Fact]
    public void Bindings_take_and_give_tensors()
    {
        using ModelBinding binding = model.CreateBinding();
        binding.SetInput(0, new ReadOnlyTensorSpan<float>(input, InputShape));
        binding.Output<float>(0).Length.ShouldBe(expected.Length);
        binding.Run();
        var output = new float[expected.Length];
        binding.GetOutput(0, new TensorSpan<float>(output, OutputShape));
        output.ShouldBe(expected);
    }

    [Fact]
    public void Another_shape_is_refused_with_both_shapes()
    {
        using ModelBinding binding = model.CreateBinding();
        string message = Should.Throw<ArgumentException>(
            () => model.Run(new ReadOnlyTensorSpan<float>(input, [8, 6, 5]), new TensorSpan<float>(new float[expected.Length], OutputShape))).Message;
        message.ShouldContain("1x8x6x5");
        message.ShouldContain("is 8x6x5");
        Should.Throw<ArgumentException>(
            () => model.Run(new ReadOnlyTensorSpan<float>(input, InputShape), new TensorSpan<float>(new float[expected.Length], [1, 16, 5, 6])));
        Should.Throw<ArgumentException>(() => binding.SetInput(0, new ReadOnlyTensorSpan<float>(input, [1, 8, 30])));
        Should.Throw<ArgumentException>(() => binding.SetInput(0, new ReadOnlyTensorSpan<int>(new int[240], InputShape))).Message.ShouldContain("Single");
        Should.Throw<ArgumentOutOfRangeException>(() => binding.GetOutput(1, new TensorSpan<float>(new float[expected.Length], OutputShape)));
    }
}
