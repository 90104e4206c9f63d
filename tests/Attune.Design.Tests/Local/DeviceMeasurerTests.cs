using System.Collections.Immutable;
using Attune.Contracts.Backends;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Devices;
using Attune.Devices.Cuda;
using Attune.Kernels.Backends;
using Attune.Kernels.Backends.Cuda;

namespace Attune.Design.Tests.Local;

/// <summary>Designs on devices with memory of their own: interpreted, of a driver written for tests, and of OpenCL.</summary>
public sealed class DeviceMeasurerTests : IDisposable
{
    // Members that differ in size, and in how weights are stored.
    private const string Family = """
        { "family": "small", "genes": [ { "id": "width", "values": [1, 2] }, { "id": "s2.bits", "values": ["f32", "i8"] } ],
          "build": { "template": "mobilenet", "resolution": 8, "stem": 8, "classes": 3, "stages": [ { "channels": 8, "stride": 1 },
            { "channels": 16, "stride": 2, "expansion": 2 } ] } }
        """;

    private static readonly LocalMeasureOptions Quick = new() { Visits = 2, VisitMs = 0.1, Repeats = 0 };
    private static readonly LocalDevice Way = LocalDevice.On(DeviceName.OpenCl(0));
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(Family);
    private readonly DesignWorkspace workspace;
    private readonly SpacePoint small = new([0, 0]);
    private readonly SpacePoint large = new([1, 0]);
    private readonly SpacePoint narrow = new([0, 1]);

    public DeviceMeasurerTests() =>
        workspace = DesignWorkspace.Open(space, new DesignWorkspaceOptions { Store = folder.File("s.jsonl"), Records = folder.File("records.jsonl") });

    public void Dispose()
    {
        workspace.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_design_has_a_latency_and_units_that_fit_into_it()
    {
        using LocalMeasurer measurer = Measurer(new InterpretedBackend(), Way);
        measurer.Device.ShouldBe(Way.KeyOn(new InterpretedBackend().Profile));
        List<MeasuredDesign> measured = await AllAsync(measurer, [small, narrow, large]);
        measured.Select(design => design.Point).ShouldBe([small, narrow, large], ignoreOrder: true);
        foreach (MeasuredDesign design in measured)
        {
            design.Status.ShouldBe(MeasurementStatus.Ok, design.Message);
            design.Ms.ShouldBeGreaterThan(0);
            design.Joules.ShouldBeNull();
            design.PeakBytes!.Value.ShouldBeGreaterThan(design.SizeBytes!.Value);
            design.Units.ShouldNotBeEmpty();
            design.Units.Sum(unit => unit.Ms).ShouldBeLessThanOrEqualTo(1.001 * design.Ms);
        }

        measured.Single(design => design.Point.Equals(narrow)).SizeBytes.ShouldNotBeNull().ShouldBeLessThan(
            measured.Single(design => design.Point.Equals(small)).SizeBytes!.Value);
    }

    [Fact]
    public async Task A_device_that_fails_keeps_what_was_measured_before()
    {
        var backend = new FailingBackend(new InterpretedBackend());
        using LocalMeasurer measurer = Measurer(backend, Way, Quick with { BatchModels = 1 });
        TargetFailed failed = (await workspace.MeasuringAsync(async () => await workspace.Session.MeasureAsync(
            measurer, [small, large], withUnits: true, (done, _) => backend.Fails = done == 1, CancellationToken.None))).Error.ShouldBeOfType<TargetFailed>();
        failed.Kept.ShouldBe(1);
        failed.Message.ShouldBe(
            "opencl:0 (Interpreter of loop programs) failed while designs were measured: the device fell off its bus. "
            + $"1 design that was measured before is kept in {folder.File("s.jsonl")}.");
        workspace.Session.MeasuredOn(measurer.Device).ShouldHaveSingleItem().Point.ShouldBe(small);
        backend.IsDisposed.ShouldBeFalse();

        // The same again goes on from there once the device is well.
        backend.Fails = false;
        (await workspace.MeasuringAsync(async () => await workspace.Session.MeasureAsync(
            measurer, [small, large], withUnits: true, null, CancellationToken.None))).Value.Length.ShouldBe(2);
        measurer.Dispose();
        backend.IsDisposed.ShouldBeTrue();
    }

    [NeedingFact(Need.HostCompilers)]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_design_that_fits_only_by_itself_is_measured_by_itself()
    {
        using var fake = new FakeCuda();
        LocalDevice way = LocalDevice.On(DeviceName.Cuda(0));
        CudaDevice device = CudaDevices.List(CudaLibrary.Load(fake.Path).Value!).Value[0];
        var programs = new ProgramCache(new ProgramCacheOptions { Folder = folder.Path });
        using (LocalMeasurer measurer = Measurer(new CudaBackend(device, CudaCompiler.For(device, [fake.Path]).Value!, programs), way))
        {
            measurer.Device.Hardware.ShouldStartWith("cuda-");
            measurer.Device.Runtime.ShouldEndWith("-cuda");
            List<MeasuredDesign> both = await AllAsync(measurer, [small, large]);
            both.ShouldAllBe(design => design.Status == MeasurementStatus.Ok);
            long needed = both.Max(design => design.PeakBytes!.Value);

            // Room for the anchor, which is the small one, and for one more.
            fake["memory"] = both.Sum(design => design.PeakBytes!.Value) + (needed / 4);
            (await AllAsync(measurer, [small, large])).ShouldAllBe(design => design.Status == MeasurementStatus.Ok);
            fake["memory"] = needed / 2;
            MeasuredDesign none = (await AllAsync(measurer, [large])).ShouldHaveSingleItem();
            none.Status.ShouldBe(MeasurementStatus.OutOfMemory);
            none.Message.ShouldNotBeNullOrWhiteSpace();
        }

        foreach (string kept in (string[])["memory", "modules", "events", "streams", "contexts"])
        {
            fake[kept].ShouldBe(0, kept);
        }
    }

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public async Task Designs_are_measured_on_OpenCL_and_kept_under_its_name()
    {
        using LocalMeasurer measurer = (await workspace.MeasurerAsync(Way, CancellationToken.None)).Value.ShouldNotBeNull();
        ImmutableArray<MeasurementEntry> kept = await workspace.Session.MeasureAsync(measurer, [small, narrow], withUnits: true, null, CancellationToken.None);
        kept.Select(entry => entry.Status).ShouldBe([MeasurementStatus.Ok, MeasurementStatus.Ok]);
        workspace.Session.Store.Devices(space.Family).ShouldBe([measurer.Device]);
        workspace.Session.Store.Units(measurer.Device).ShouldNotBeEmpty();
        workspace.Known(measurer.Device.ToString())!.Value.Local.ShouldBe(Way);
    }

    [NeedingFact(Need.OpenCl)]
    public async Task Tuned_kernels_without_records_of_the_device_are_an_error_that_names_it()
    {
        KernelsUntuned untuned = (await workspace.MeasurerAsync(Way with { Tuned = true }, CancellationToken.None)).Error.ShouldBeOfType<KernelsUntuned>();
        untuned.Message.ShouldContain(Way.Find().Value!.Id);
        untuned.Message.ShouldNotContain("with 1 thread");
    }

    private LocalMeasurer Measurer(IBackend backend, LocalDevice way, LocalMeasureOptions? options = null) => new(
        workspace.Session.Networks,
        OpenedDevice.Of(way, backend),
        CpuDevice.Detect(),
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty,
        small,
        options ?? Quick,
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
