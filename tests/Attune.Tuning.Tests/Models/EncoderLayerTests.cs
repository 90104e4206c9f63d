using Attune.Compile;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Tuning.Tests.Models;

/// <summary>The zoo's encoder layer through all passes and kernels, against the network as it was written on the reference kernels.</summary>
public sealed class EncoderLayerTests
{
    private static readonly Network Original = ModelZoo.Create("bert_layer");
    private static readonly Dictionary<string, Tensor> Inputs = new() { ["input"] = Sample(Original.Inputs[0].Type.Shape) };
    private static readonly Lazy<float[]> Expected = new(() => ReferenceExecutor.Run(Original, Inputs)[Original.Outputs[0].Name].Elements<float>());

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void It_computes_what_the_reference_computes_without_reference_kernels(int lanes)
    {
        Network fused = PassPipeline.Default.Run(Original);
        using CompiledModel model = CompiledModel.Compile(
            fused, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 0, Lanes = lanes });
        model.Steps.Select(step => step.Operation).Except(["Convert"]).ShouldBe(["Convolution", "Attention", "LayerNorm"]);
        float[] actual = model.Run(Inputs)[Original.Outputs[0].Name].Elements<float>();
        float scale = Expected.Value.Max(Math.Abs);
        for (int i = 0; i < actual.Length; i++)
        {
            Math.Abs(actual[i] - Expected.Value[i]).ShouldBeLessThan(1e-5f * scale, $"element {i}");
        }
    }

    [Fact]
    public void Its_tasks_are_the_four_matrix_products() =>
        ModelTask.Of(PassPipeline.Default.Run(Original), HostTarget.Of(16)).Select(task => task.Workload.Title)
            .ShouldBe(["dense 768->2304 m128", "dense 768->768 m128", "dense 768->3072 m128", "dense 3072->768 m128"]);

    private static Tensor Sample(Shape shape)
    {
        var random = new Random(17);
        var data = new float[shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return Tensor.Of(shape, data);
    }
}
