using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Attune.Design.Local;
using Attune.Design.Ranking;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Design.Flow;

/// <summary>
/// One family of models with its store: measures designs that were not measured yet, and makes latency models from what the store knows. All commands of a
/// family go through it, so all of them resume. One thread.
/// </summary>
/// <param name="networks">Makes networks.</param>
/// <param name="store">Keeps everything; stays the caller's.</param>
/// <param name="clock">Time.</param>
public sealed class DesignSession(DesignNetworks networks, DesignStore store, TimeProvider clock)
{
    /// <summary>Measured designs from which on a device has a latency model of its own.</summary>
    public const int EnoughForModel = 12;

    private const int CandidatesPerSample = 8;
    private readonly ConcurrentDictionary<(int Batch, KernelTarget Target), UnitEncoder> encoders = new();

    /// <summary>The space.</summary>
    public DesignSpace Space => networks.Space;

    /// <summary>The store.</summary>
    public DesignStore Store => store;

    /// <summary>Makes networks.</summary>
    public DesignNetworks Networks => networks;

    /// <summary>The encoder for a device's kind, batch and vector width.</summary>
    public UnitEncoder EncoderOf(DeviceKey device) =>
        encoders.GetOrAdd((device.Batch, TargetOf(device)), key => new UnitEncoder(networks, key.Batch, key.Target));

    /// <summary>
    /// Designs spread over the sizes of the family: random ones are sorted by floating-point operations, and every tenth of them gives as many. The same seed
    /// gives the same.
    /// </summary>
    /// <param name="count">How many; fewer where the space has fewer.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="encoder">Counts operations.</param>
    /// <param name="cancellation">Stops programs of the user.</param>
    public async Task<ImmutableArray<SpacePoint>> SampleAsync(int count, int seed, UnitEncoder encoder, CancellationToken cancellation)
    {
        var random = new Random(seed);
        ImmutableArray<SpacePoint> pool = Space.Enumerate() ?? [];
        if (pool.IsEmpty || pool.Length > count * CandidatesPerSample)
        {
            var drawn = new HashSet<SpacePoint>();
            int wanted = networks.IsTemplate ? count * CandidatesPerSample : count;
            for (int i = 0; i < wanted * 4 && drawn.Count < wanted; i++)
            {
                drawn.Add(Space.Sample(random));
            }

            pool = [.. drawn];
        }

        double[] sizes = new double[pool.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            // Programs build one file a design: then designs are taken as they come, also those that turn out not to be buildable.
            sizes[i] = networks.IsTemplate ? (await encoder.EncodeAsync(pool[i], cancellation)).Design?.Flops ?? double.NaN : i;
        }

        SpacePoint[] sample = [.. StratifiedSample.Draw(sizes, count, random).Select(i => pool[i])];
        random.Shuffle(sample);
        return [.. sample];
    }

    /// <summary>Measures designs that the store does not know on the device yet; what it knows is taken from there.</summary>
    /// <param name="measurer">The device.</param>
    /// <param name="points">The designs.</param>
    /// <param name="withUnits">True also times units, for a model of the device.</param>
    /// <param name="progress">Called after every design with those done and all.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    /// <exception cref="DeviceException">The device failed; what was measured before is in the store.</exception>
    public async Task<ImmutableArray<MeasurementEntry>> MeasureAsync(
        IDesignMeasurer measurer, IReadOnlyList<SpacePoint> points, bool withUnits, Action<int, int>? progress, CancellationToken cancellation)
    {
        SpacePoint[] missing = [.. points.Distinct().Where(point => store.Measurement(measurer.Device, Space.IdOf(point)) is null)];
        int done = points.Count - missing.Length;
        await foreach (MeasuredDesign design in measurer.MeasureAsync(missing, withUnits, cancellation))
        {
            store.Add(Space, design.Point);
            if (!design.Units.IsEmpty)
            {
                ImmutableSortedDictionary<string, double> times = design.Units.GroupBy(pair => pair.Unit.Key, pair => pair.Ms, StringComparer.Ordinal)
                    .ToImmutableSortedDictionary(same => same.Key, same => same.Average(), StringComparer.Ordinal);
                store.Add(new ProfileEntry { Time = clock.GetUtcNow(), Device = measurer.Device.ToString(), Design = Space.IdOf(design.Point), Units = times });
            }

            store.Add(design.ToEntry(Space, measurer.Device, clock.GetUtcNow()));
            progress?.Invoke(++done, points.Count);
        }

        return [.. points.Select(point => store.Measurement(measurer.Device, Space.IdOf(point))).OfType<MeasurementEntry>()];
    }

    /// <summary>Designs of the family that ran on a device, with their latencies.</summary>
    public ImmutableArray<(SpacePoint Point, double Ms)> MeasuredOn(DeviceKey device)
    {
        var found = ImmutableArray.CreateBuilder<(SpacePoint, double)>();
        foreach (MeasurementEntry entry in store.Measurements(device, Space.Family).OrderBy(entry => entry.Design, StringComparer.Ordinal))
        {
            // A design whose genes do not fit is of an older version of the space: another network, though the family's name is the same.
            if (entry is { Status: MeasurementStatus.Ok, Ms: { } ms }
                && store.Design(entry.Design) is { } design
                && Space.Parse(design.Genes).Value is { } point
                && Space.IdOf(point) == entry.Design)
            {
                found.Add((point, ms));
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The latency model of a device from its own measurements; null when there are too few, or no unit was timed there.</summary>
    /// <param name="device">The device.</param>
    /// <param name="cancellation">Stops programs of the user.</param>
    /// <param name="without">Designs to leave out, for those who judge the model by them.</param>
    public async Task<AdditiveModel?> OwnModelAsync(DeviceKey device, CancellationToken cancellation, IReadOnlySet<SpacePoint>? without = null)
    {
        (SpacePoint Point, double Ms)[] samples = [.. MeasuredOn(device).Where(sample => without?.Contains(sample.Point) != true)];
        ImmutableArray<UnitTime> units = store.Units(device);
        if (samples.Length < EnoughForModel || units.IsEmpty)
        {
            return null;
        }

        UnitEncoder encoder = EncoderOf(device);
        var designs = new List<EncodedDesign>();
        var ms = new List<double>();
        foreach ((SpacePoint point, double time) in samples)
        {
            if ((await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                designs.Add(design);
                ms.Add(time);
            }
        }

        return designs.Count < EnoughForModel ? null : AdditiveModel.Fit(new UnitTable(units, designs.SelectMany(design => design.Units)), designs, ms);
    }

    /// <summary>What plans for a device are made for, as far as its key tells; the widest vectors of this machine when it tells nothing.</summary>
    internal static KernelTarget TargetOf(DeviceKey device)
    {
        string how = device.Runtime[(device.Runtime.LastIndexOf('-') + 1)..];
        if (device.Runtime.StartsWith("attune-", StringComparison.Ordinal) && DeviceName.FindKind(how) is { } kind and not TargetKind.Cpu)
        {
            // Plans ask for no more than that; limits of groups are for kernels.
            return new KernelTarget { Kind = kind, Lanes = 1 };
        }

        return how.StartsWith('v') && int.TryParse(how.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int lanes) && lanes is 4 or 8 or 16
            ? HostTarget.Of(lanes)
            : HostTarget.Widest;
    }
}
