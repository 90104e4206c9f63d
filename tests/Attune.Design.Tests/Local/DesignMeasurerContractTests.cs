using System.Collections.Immutable;
using Attune.Contracts.Designs;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Tests.Flow;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Devices;

namespace Attune.Design.Tests.Local;

/// <summary>This machine, on a family one of whose members cannot be built.</summary>
public sealed class LocalMeasurerContractTests : DesignMeasurerContract
{
    private const string Family = """
        { "family": "half", "genes": [ { "id": "resolution", "values": [32, 16] }, { "id": "s2.kernel", "values": [3, 15] } ],
          "rules": [ { "requires": { "s2.kernel": 3 }, "when": { "resolution": 16 } } ],
          "build": { "template": "mobilenet", "stem": 8, "classes": 3, "stages": [ { "channels": 8, "stride": 2 }, { "channels": 8, "stride": 2 } ] } }
        """;

    protected override (IDesignMeasurer Measurer, IReadOnlyList<SpacePoint> Points) Open()
    {
        DesignSpace space = SpaceText.Read(Family);
        var measurer = new LocalMeasurer(
            new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System),
            OpenedDevice.Open(LocalDevice.Usual with { Threads = 1 }, TimeProvider.System).Value!,
            CpuDevice.Detect(),
            ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty,
            new SpacePoint([0, 0]),
            new LocalMeasureOptions { Visits = 2, VisitMs = 0.5, Repeats = 0 },
            TimeProvider.System);
        return (measurer, [new SpacePoint([0, 0]), new SpacePoint([1, 0]), new SpacePoint([1, 1])]);
    }
}

/// <summary>The device of other tests, whose times follow a formula.</summary>
public sealed class SyntheticDeviceContractTests : DesignMeasurerContract
{
    protected override (IDesignMeasurer Measurer, IReadOnlyList<SpacePoint> Points) Open()
    {
        DesignSpace space = SpaceText.Read(SpaceText.Tiny);
        SpacePoint[] points = [.. Enumerable.Range(0, 4).Select(seed => space.Sample(new Random(seed))).Distinct()];
        var networks = new DesignNetworks(space, "unused", allowPrograms: false, TimeProvider.System);
        var device = new SyntheticDevice(networks, SyntheticDevice.Key("laptop"), 5, 4) { Refuses = point => point.Equals(points[^1]) ? "too large" : null };
        return (device, points);
    }
}
