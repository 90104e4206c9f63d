using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Weights;
using Attune.Design.Spaces;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Measuring.Models;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Design.Tests.Units;

public sealed class QuantisationPolicyTests
{
    private static readonly DesignSpace Space = SpaceText.Read(SpaceText.Policy);
    private static readonly DesignNetworks Networks = new(Space, "unused", allowPrograms: false, TimeProvider.System);

    [Theory]
    [InlineData("f32", "i8", "f32", "f32")]
    [InlineData("i8", "i8", "i8", "i8")]
    [InlineData("f32", "bf16", "i8", "f32")]
    public async Task A_design_computes_what_the_reference_kernels_make_of_its_network(string stem, string first, string second, string tail)
    {
        BuiltDesign built = await BuiltAsync(stem, first, second, tail);
        Tensor image = Image(built.Source);
        using var model = CompiledModel.Compile(
            built.Fused, ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, new ModelOptions { Threads = 1 });
        float[] got = model.Run(new Dictionary<string, Tensor> { ["input"] = image })["classifier"].Elements<float>();
        float[] wanted = ReferenceExecutor.Run(built.Source, new Dictionary<string, Tensor> { ["input"] = image })["classifier"].Elements<float>();
        double size = wanted.Max(Math.Abs);
        got.Zip(wanted, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo((float)(ModelTolerance.Of(WeightFormat.F32, built.Source) * size));

        // Rounding is no small error that could be taken for none: floats alone give something else.
        BuiltDesign floats = await BuiltAsync("f32", "f32", "f32", "f32");
        ReferenceExecutor.Run(floats.Source, new Dictionary<string, Tensor> { ["input"] = image })["classifier"].Elements<float>()
            .Zip(wanted, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan((float)(1e-5 * size));
    }

    [Fact]
    public async Task Layers_multiply_what_their_stage_says()
    {
        BuiltDesign built = await BuiltAsync("f32", "bf16", "i8", "f32");
        ModelUnit[] searched = [.. ModelUnit.Of(built.Fused, HostTarget.Widest).Where(unit => unit.Workload is not null)];
        searched.Where(unit => unit.Multiplies == DataType.UInt8).ShouldNotBeEmpty();
        foreach (ModelUnit unit in searched)
        {
            DataType wanted = unit.Name.StartsWith("s2.") ? DataType.UInt8 : unit.Name.StartsWith("s1.") ? DataType.BFloat16 : DataType.Float32;
            unit.Multiplies.ShouldBe(wanted, unit.Name);
        }
    }

    [Fact]
    public async Task A_sketch_has_the_units_and_the_memory_of_the_network()
    {
        var random = new Random(7);
        for (int i = 0; i < 12; i++)
        {
            SpacePoint point = Space.Sample(random);
            BuiltDesign sketch = (await Networks.SketchAsync(point, 2, CancellationToken.None)).Value.ShouldNotBeNull();
            BuiltDesign built = (await Networks.BuildAsync(point, 2, CancellationToken.None)).Value.ShouldNotBeNull();
            ModelUnit.Of(sketch.Fused, HostTarget.Widest, sketch.FormatOf)
                .ShouldBe(ModelUnit.Of(WeightNarrowing.Apply(built.Fused, built.FormatOf).Network, HostTarget.Widest), Space.TextOf(point));
            ModelFootprint.Of(sketch.Fused, HostTarget.Widest, sketch.FormatOf)
                .ShouldBe(ModelFootprint.Of(WeightNarrowing.Apply(built.Fused, built.FormatOf).Network, HostTarget.Widest), Space.TextOf(point));
        }
    }

    [Fact]
    public async Task Predictors_see_the_precision()
    {
        ModelUnit Depthwise(ImmutableArray<ModelUnit> units) => units.Single(unit => unit.Name == "s2.b1.depthwise");
        BuiltDesign bytes = await BuiltAsync("f32", "f32", "i8", "f32");
        BuiltDesign floats = await BuiltAsync("f32", "f32", "f32", "f32");
        ModelUnit narrow = Depthwise(ModelUnit.Of(bytes.Fused, HostTarget.Widest));
        ModelUnit wide = Depthwise(ModelUnit.Of(floats.Fused, HostTarget.Widest));
        narrow.Key.ShouldNotBe(wide.Key);
        narrow.Bytes.ShouldBeLessThan(wide.Bytes / 2);
        UnitFeatures.Of(narrow)[16].ShouldBe(1);
        UnitFeatures.Of(wide)[16].ShouldBe(0);
        UnitGroups.Of(narrow).ShouldStartWith("depthwise 3 s2 on bytes");
        UnitGroups.Of(wide).ShouldStartWith("depthwise 3 s2, ");
    }

    private static async Task<BuiltDesign> BuiltAsync(string stem, string first, string second, string tail)
    {
        var genes = new Dictionary<string, string>
        {
            ["s2.depth"] = "2",
            ["s1.bits"] = "f32",
            ["stem.precision"] = stem,
            ["s1.precision"] = first,
            ["s2.precision"] = second,
            ["tail.precision"] = tail,
        };
        return (await Networks.BuildAsync(Space.Parse(genes).Value!, 1, CancellationToken.None)).Value.ShouldNotBeNull();
    }

    private static Tensor Image(Network network)
    {
        var random = new Random(3);
        float[] numbers = new float[network.Inputs[0].Type.Shape.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (random.NextSingle() * 2) - 1;
        }

        return Tensor.Of(network.Inputs[0].Type.Shape, numbers);
    }
}
