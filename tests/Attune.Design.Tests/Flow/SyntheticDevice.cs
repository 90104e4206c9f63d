using System.Runtime.CompilerServices;
using Attune.Compile;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;

namespace Attune.Design.Tests.Flow;

/// <summary>A device whose unit times follow a roofline: what it measures is known, up to seeded noise.</summary>
internal sealed class SyntheticDevice(
    DesignNetworks networks, DeviceKey key, double gflops, double gigabytes, double depthwise = 1, double noise = 0) : IDesignMeasurer
{
    private readonly UnitEncoder encoder = new(networks, key.Batch, DesignSession.TargetOf(key));
    private readonly Random random = new(key.Threads);

    public int Measurements { get; private set; }

    public Func<SpacePoint, string?> Refuses { get; init; } = _ => null;

    public DeviceKey Device => key;

    public static DeviceKey Key(string name, int threads = 1) => new(name, "synthetic", "fp32", 1, threads, "default", Tuned: false);

    public double Ms(SpacePoint point) => 0.05 + encoder.EncodeAsync(point, CancellationToken.None).GetAwaiter().GetResult().Design!.Units.Sum(Time);

    public async IAsyncEnumerable<MeasuredDesign> MeasureAsync(
        IReadOnlyList<SpacePoint> points, bool withUnits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (SpacePoint point in points)
        {
            cancellation.ThrowIfCancellationRequested();
            Measurements++;
            await Task.Yield();
            if (Refuses(point) is { } reason)
            {
                yield return new MeasuredDesign(point, MeasurementStatus.Unsupported) { Message = reason };
                continue;
            }

            double factor = 1 + (noise * random.NextDouble());
            double ms = Ms(point) * factor;
            EncodedDesign design = (await encoder.EncodeAsync(point, cancellation)).Design!;
            yield return new MeasuredDesign(point, MeasurementStatus.Ok)
            {
                Ms = ms,
                LowMs = ms,
                HighMs = ms,
                Visits = 1,
                PeakBytes = design.Footprint.PeakBytes,
                SizeBytes = design.Footprint.WeightBytes,
                Units = withUnits ? [.. design.Units.Select(unit => (unit, Time(unit) * factor))] : [],
            };
        }
    }

    private double Time(ModelUnit unit) =>
        (0.001 + Math.Max(unit.Flops / (gflops * 1e6), unit.Bytes / (gigabytes * 1e6))) * (unit.Workload is { IsDepthwise: true } ? depthwise : 1);
}
