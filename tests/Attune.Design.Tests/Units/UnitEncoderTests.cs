using System.Collections.Immutable;
using Attune.Compile;
using Attune.Compile.Weights;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Known;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Design.Tests.Units;

public sealed class UnitEncoderTests
{
    private static readonly DesignSpace Space = SpaceText.Read(SpaceText.Tiny);
    private static readonly DesignNetworks Networks = new(Space, "unused", allowPrograms: false, TimeProvider.System);

    [Fact]
    public async Task Units_are_those_that_the_tuner_would_tune()
    {
        var random = new Random(2);
        for (int i = 0; i < 10; i++)
        {
            SpacePoint point = Space.Sample(random);
            (EncodedDesign? design, string? problem) = await new UnitEncoder(Networks, 1, HostTarget.Widest).EncodeAsync(point, CancellationToken.None);
            problem.ShouldBeNull();
            BuiltDesign built = (await Networks.BuildAsync(point, 1, CancellationToken.None)).Value.ShouldNotBeNull();
            ImmutableArray<ModelTask> tasks = ModelTask.Of(WeightNarrowing.Apply(built.Fused, built.FormatOf).Network, HostTarget.Widest);
            design!.Units.Where(unit => unit.TaskKey is not null).GroupBy(unit => unit.TaskKey!).Select(group => (group.Key, group.Count())).Order()
                .ShouldBe(tasks.Select(task => (task.Key, task.Nodes.Length)).Order());
        }
    }

    [Fact]
    public async Task Memory_is_exact_without_weights()
    {
        SpacePoint point = Space.Sample(new Random(5));
        BuiltDesign built = (await Networks.BuildAsync(point, 2, CancellationToken.None)).Value.ShouldNotBeNull();
        NarrowedNetwork narrowed = WeightNarrowing.Apply(built.Fused, built.FormatOf);
        (EncodedDesign? design, _) = await new UnitEncoder(Networks, 2, HostTarget.Widest).EncodeAsync(point, CancellationToken.None);
        using var compiled = CompiledModel.Compile(
            narrowed.Network, ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, new ModelOptions { Threads = 1 });
        design!.Footprint.ArenaBytes.ShouldBe(compiled.ArenaBytes);
        design.Footprint.WeightBytes.ShouldBe(narrowed.BytesAfter);
        design.Footprint.BoundaryBytes.ShouldBe(4 * ((2 * 3 * built.Source.Inputs[0].Type.Shape[2] * built.Source.Inputs[0].Type.Shape[3]) + (2 * 10)));
    }

    [Fact]
    public async Task The_quantisation_policy_of_a_stage_narrows_that_stage_only()
    {
        var point = new SpacePoint([0, 0, 0, 0, 0, 1, 1]);
        BuiltDesign built = (await Networks.BuildAsync(point, 1, CancellationToken.None)).Value.ShouldNotBeNull();
        NarrowedNetwork narrowed = WeightNarrowing.Apply(built.Fused, built.FormatOf);
        narrowed.Layers.ShouldNotBeEmpty();
        narrowed.Layers.ShouldAllBe(layer => layer.StartsWith("s2."));
        narrowed.Format.ShouldBe(WeightFormat.I8);
        (EncodedDesign? design, _) = await new UnitEncoder(Networks, 1, HostTarget.Widest).EncodeAsync(point, CancellationToken.None);
        design!.Units.Where(unit => unit.Workload?.Weights == WeightFormat.I8).Select(unit => unit.Name).ShouldAllBe(name => name.StartsWith("s2."));
    }

    [Fact]
    public async Task An_image_too_small_for_the_strides_is_unsupported()
    {
        DesignSpace space = SpaceText.Read("""{ "family": "small", "genes": [ { "id": "kernel", "values": [15] } ], "build": { "template": "mobilenet", "resolution": 8, "stages": [ { "channels": 8, "stride": 2, "blocks": 1 } ] } }""");
        var networks = new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System);
        (EncodedDesign? design, string? problem) =
            await new UnitEncoder(networks, 1, HostTarget.Widest).EncodeAsync(new SpacePoint([0]), CancellationToken.None);
        (design is null).ShouldBe(problem is not null);
    }

    [Fact]
    public async Task A_space_without_build_is_unsupported_and_says_so()
    {
        (EncodedDesign? design, string? problem) = await new UnitEncoder(
            new DesignNetworks(NasBench201.Space, "unused", allowPrograms: false, TimeProvider.System),
            1,
            HostTarget.Widest).EncodeAsync(new SpacePoint([0, 0, 0, 0, 0, 0]), CancellationToken.None);
        design.ShouldBeNull();
        problem!.ShouldContain("only encodes designs");
    }

    [Fact]
    public async Task A_program_of_the_space_runs_only_where_it_was_allowed()
    {
        using var folder = new TemporaryFolder();
        DesignSpace space = SpaceText.Read("""{ "family": "p", "genes": [ { "id": "a", "values": [1, 2] } ], "build": { "command": ["sh", "-c", "touch ran; exit 3", "{design}", "{model}"], "timeout_s": 5 } }""");
        Result<BuiltDesign, string> refused = await new DesignNetworks(
            space, folder.Path, allowPrograms: false, TimeProvider.System).BuildAsync(new SpacePoint([0]), 1, CancellationToken.None);
        refused.Error!.ShouldContain("not allowed");
        Result<BuiltDesign, string> failed = await new DesignNetworks(
            space, folder.Path, allowPrograms: true, TimeProvider.System).BuildAsync(new SpacePoint([0]), 1, CancellationToken.None);
        failed.Error!.ShouldContain("ended with code 3");
    }

    [Fact]
    public async Task A_program_may_write_any_model()
    {
        using var folder = new TemporaryFolder();
        BuiltDesign template = (await Networks.BuildAsync(new SpacePoint([0, 0, 0, 0, 0, 0, 0]), 1, CancellationToken.None)).Value.ShouldNotBeNull();
        Graph.OnnxWriter.Write(template.Source, folder.File("given.onnx"));
        DesignSpace space = SpaceText.Read($$"""{ "family": "p", "genes": [ { "id": "a", "values": [1, 2] } ], "build": { "command": ["sh", "-c", "cp '{{folder.File("given.onnx")}}' \"$2\" && test -s \"$1\"", "sh", "{design}", "{model}"] } }""");
        var networks = new DesignNetworks(space, folder.File("built"), allowPrograms: true, TimeProvider.System);
        BuiltDesign built = (await networks.BuildAsync(new SpacePoint([1]), 1, CancellationToken.None)).Value.ShouldNotBeNull();
        built.Fused.Nodes.Length.ShouldBe(template.Fused.Nodes.Length);
        (await networks.BuildAsync(new SpacePoint([1]), 4, CancellationToken.None)).Error!.ShouldContain("1 images per inference, not 4");
    }
}
