using System.Collections.Immutable;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Local;

public sealed class LocalMeasurerTests
{
    private static readonly LocalMeasureOptions Quick = new() { Visits = 2, VisitMs = 0.5, Repeats = 0 };

    [Fact]
    public async Task A_design_has_a_latency_memory_and_units_that_add_up_to_it()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Tiny);
        var measurer = Measurer(space, Quick);
        SpacePoint[] points = [.. Enumerable.Range(0, 3).Select(seed => space.Sample(new Random(seed)))];
        List<MeasuredDesign> measured = await AllAsync(measurer, points);
        measured.Select(design => design.Point).ShouldBe(points, ignoreOrder: true);
        foreach (MeasuredDesign design in measured)
        {
            design.Status.ShouldBe(MeasurementStatus.Ok, design.Message);
            design.Ms.ShouldBeGreaterThan(0);
            design.LowMs.ShouldBeLessThanOrEqualTo(design.HighMs);
            design.PeakBytes!.Value.ShouldBeGreaterThan(design.SizeBytes!.Value);
            design.Units.Sum(unit => unit.Ms).ShouldBe(design.Ms, 0.01 * design.Ms);
        }
    }

    [Fact]
    public async Task A_policy_is_measured_on_kernels_of_integers()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Policy);
        SpacePoint[] points = [new SpacePoint([1, 0, 0, 0, 0, 0]), new SpacePoint([1, 0, 0, 1, 1, 1])];
        List<MeasuredDesign> measured = await AllAsync(Measurer(space, Quick), points);
        MeasuredDesign floats = measured.Single(design => design.Point.Equals(points[0]));
        MeasuredDesign bytes = measured.Single(design => design.Point.Equals(points[1]));
        bytes.Status.ShouldBe(MeasurementStatus.Ok, bytes.Message);
        bytes.Units.Sum(unit => unit.Ms).ShouldBe(bytes.Ms, 0.01 * bytes.Ms);
        bytes.Units.Count(unit => unit.Unit.Multiplies == DataType.UInt8).ShouldBe(11);
        floats.Units.ShouldAllBe(unit => unit.Unit.Multiplies == DataType.Float32);
        bytes.SizeBytes!.Value.ShouldBeLessThan(floats.SizeBytes!.Value / 2);
        EncodedDesign encoded = (await new UnitEncoder(
            new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System), 1, HostTarget.Widest)
            .EncodeAsync(points[1], CancellationToken.None)).Design!;
        bytes.Units.Select(unit => unit.Unit.Key).ShouldBe(encoded.Units.Select(unit => unit.Key));
    }

    [Fact]
    public async Task A_design_that_takes_too_long_has_no_latency()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Tiny);
        List<MeasuredDesign> measured = await AllAsync(Measurer(space, Quick with { LimitMs = 1e-6 }), [space.Sample(new Random(1))]);
        measured.Single().Status.ShouldBe(MeasurementStatus.TimeOut);
        measured.Single().Ms.ShouldBe(double.NaN);
        measured.Single().ToEntry(space, new DeviceKey("a", "b", "c", 1, 1, "d", false), default).Ms.ShouldBeNull();
    }

    [Fact]
    public async Task A_design_that_cannot_be_built_is_unsupported_and_does_not_stop_the_others()
    {
        DesignSpace space = SpaceText.Read("""
            { "family": "half", "genes": [ { "id": "resolution", "values": [32, 16] }, { "id": "s2.kernel", "values": [3, 15] } ],
              "rules": [ { "requires": { "s2.kernel": 3 }, "when": { "resolution": 16 } } ],
              "build": { "template": "mobilenet", "stem": 8, "classes": 3, "stages": [ { "channels": 8, "stride": 2 }, { "channels": 8, "stride": 2 } ] } }
            """);
        List<MeasuredDesign> measured = await AllAsync(Measurer(space, Quick), [new SpacePoint([1, 1]), new SpacePoint([0, 0])]);
        measured.Single(design => design.Point.Equals(new SpacePoint([1, 1]))).Status.ShouldBe(MeasurementStatus.Unsupported);
        measured.Single(design => design.Point.Equals(new SpacePoint([0, 0]))).Status.ShouldBe(MeasurementStatus.Ok);
    }

    [Fact]
    public void Tuned_configurations_on_an_untuned_device_are_a_mistake()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Tiny);
        var tuned = ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty.Add("task", ImmutableDictionary<string, string>.Empty);
        Should.Throw<ArgumentException>(() => new LocalMeasurer(
            new DesignNetworks(space, "unused", false, TimeProvider.System),
            OpenedDevice.Open(new LocalDevice(1, 4, 1, Tuned: false), TimeProvider.System).Value!,
            CpuDevice.Detect(),
            tuned,
            space.Sample(new Random(1)),
            Quick,
            TimeProvider.System));
    }

    private static LocalMeasurer Measurer(DesignSpace space, LocalMeasureOptions options) => new(
        new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System),
        OpenedDevice.Open(LocalDevice.Usual with { Threads = 1 }, TimeProvider.System).Value!,
        CpuDevice.Detect(),
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty,
        new SpacePoint([.. space.Genes.Select(_ => 0)]),
        options,
        TimeProvider.System);

    private static async Task<List<MeasuredDesign>> AllAsync(LocalMeasurer measurer, IReadOnlyList<SpacePoint> points)
    {
        var all = new List<MeasuredDesign>();
        await foreach (MeasuredDesign design in measurer.MeasureAsync(points, withUnits: true, CancellationToken.None))
        {
            all.Add(design);
        }

        return all;
    }
}
