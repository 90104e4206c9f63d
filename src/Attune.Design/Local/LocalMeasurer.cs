using System.Runtime.CompilerServices;
using Attune.Compile;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Weights;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Devices.Meters;
using Attune.Reference;

namespace Attune.Design.Local;

/// <summary>
/// Measures designs on this machine, as <see cref="LocalMeasureOptions"/> describes: whole inferences, with copies to a device and back where it has memory of
/// its own. Not for several threads at once: they would disturb each other's times.
/// </summary>
public sealed class LocalMeasurer : IDesignMeasurer, IDisposable
{
    private const double MemoryShare = 0.8;
    private const int ProfileRounds = 3;
    private readonly DesignNetworks networks;
    private readonly OpenedDevice device;
    private readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations;
    private readonly LocalMeasureOptions options;
    private readonly TimeProvider clock;
    private readonly InterleavedVisits visits;
    private readonly SpacePoint anchor;
    private readonly long memoryBytes;
    private double? anchorMs;

    /// <summary>Prepares a measurer.</summary>
    /// <param name="networks">Makes the networks.</param>
    /// <param name="device">How they run; owned from now on, unless an exception is thrown.</param>
    /// <param name="cpu">This machine.</param>
    /// <param name="configurations">Tuned configurations by task key; empty for an untuned device.</param>
    /// <param name="anchor">Design that runs in every batch: one that is small and can be built.</param>
    /// <param name="options">How designs are timed.</param>
    /// <param name="clock">Time.</param>
    /// <exception cref="ArgumentException">Options are out of range, or an untuned device was given tuned configurations.</exception>
    internal LocalMeasurer(
        DesignNetworks networks,
        OpenedDevice device,
        CpuDevice cpu,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations,
        SpacePoint anchor,
        LocalMeasureOptions options,
        TimeProvider clock)
    {
        if (!device.Way.Tuned && configurations.Count > 0)
        {
            throw new ArgumentException("An untuned device runs default configurations; tuned ones would make it another device.", nameof(configurations));
        }

        this.networks = networks;
        this.device = device;
        this.configurations = configurations;
        this.anchor = anchor;
        this.options = options.Validated();
        this.clock = clock;
        visits = new InterleavedVisits(options, clock, new Random(options.Seed));
        memoryBytes = cpu.MemoryBytes;
        Device = device.Key;
    }

    /// <summary>
    /// The meter of <see cref="EnergyMeters"/> that tells the energy of a design that runs on processors: that of their packages. Elsewhere none is told.
    /// </summary>
    public const string EnergyName = "rapl";

    /// <inheritdoc/>
    public DeviceKey Device { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MeasuredDesign> MeasureAsync(
        IReadOnlyList<SpacePoint> points, bool withUnits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int next = 0;
        while (next < points.Count)
        {
            (List<MeasuredDesign> finished, next) = await BatchAsync(points, next, withUnits, cancellation);
            foreach (MeasuredDesign design in finished)
            {
                yield return design;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => device.Dispose();

    private async Task<(List<MeasuredDesign> Finished, int Next)> BatchAsync(
        IReadOnlyList<SpacePoint> points, int next, bool withUnits, CancellationToken cancellation)
    {
        var batch = new List<LoadedDesign>();
        var finished = new List<MeasuredDesign>();
        LoadedDesign? reference = null;
        try
        {
            reference = (await LoadAsync(anchor, cancellation)).Design;
            long bytes = 0;
            while (next < points.Count && batch.Count < options.BatchModels && bytes < options.BatchBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                (LoadedDesign? loaded, MeasuredDesign? refused) = await LoadAsync(points[next], cancellation);
                if (refused is { Status: MeasurementStatus.OutOfMemory } && batch.Count > 0)
                {
                    // The others of the batch have memory of the device too: it is tried again before them.
                    break;
                }

                next++;
                if (loaded is null)
                {
                    finished.Add(refused!);
                }
                else
                {
                    batch.Add(loaded);
                    bytes += loaded.SizeBytes;
                }
            }

            finished.AddRange(Time(reference, batch, withUnits, cancellation));
            return (finished, next);
        }
        catch (DeviceException failed)
        {
            string reason = $"{device.Profile.Name} ({device.Profile.Description}) failed while designs were measured: {failed.Message}";
            throw new DeviceException(reason, failed) { IsLost = failed.IsLost };
        }
        finally
        {
            reference?.Dispose();
            batch.ForEach(design => design.Dispose());
        }
    }

    private List<MeasuredDesign> Time(LoadedDesign? reference, List<LoadedDesign> batch, bool withUnits, CancellationToken cancellation)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        List<Action> contenders = [.. batch.Select(design => (Action)design.Run), .. reference is null ? Array.Empty<Action>() : [reference.Run]];
        VisitTimes[] times = visits.Run(contenders, cancellation);
        double drift = 1;
        for (int repeat = 0; reference is not null; repeat++)
        {
            double now = times[^1].Ms;
            anchorMs = Math.Min(anchorMs ?? now, now);
            drift = now / anchorMs.Value;
            if (drift <= 1 + options.DriftTolerance || repeat >= options.Repeats)
            {
                break;
            }

            VisitTimes[] more = visits.Run(contenders, cancellation);
            times = [.. times.Select((time, i) => time.And(more[i]))];
        }

        // Within the tolerance the anchor's own noise would be all that is divided out.
        drift = drift <= 1 + options.DriftTolerance ? 1 : drift;
        return [.. batch.Select((design, i) => Result(design, times[i], drift, withUnits))];
    }

    private MeasuredDesign Result(LoadedDesign design, VisitTimes times, double drift, bool withUnits)
    {
        double ms = times.Ms / drift;
        return new MeasuredDesign(design.Point, MeasurementStatus.Ok)
        {
            Ms = ms,
            LowMs = times.Quantile(0.1) / drift,
            HighMs = times.Quantile(0.9) / drift,
            Visits = times.MediansMs.Length,
            Drift = drift,
            Joules = Joules(design, ms),
            PeakBytes = design.PeakBytes,
            SizeBytes = design.SizeBytes,
            Units = withUnits ? design.Profile(ms, ProfileRounds, options.VisitMs) : [],
        };
    }

    private double? Joules(LoadedDesign design, double ms)
    {
        using IEnergyMeter? meter = !device.Way.IsProcessor ? null : EnergyMeters.Open(EnergyName, clock).Value;
        return meter is null ? null : EnergyPerRun.Joules(meter, design.Run, (int)Math.Clamp(options.VisitMs / ms, 3, 100));
    }

    private async Task<(LoadedDesign? Design, MeasuredDesign? Refused)> LoadAsync(SpacePoint point, CancellationToken cancellation)
    {
        Result<BuiltDesign, string> sketch = await networks.SketchAsync(point, device.Way.Batch, cancellation);
        if (!sketch.Succeeded)
        {
            return (null, Refused(MeasurementStatus.Unsupported, sketch.Error));
        }

        if (Lacking(sketch.Value) is { } lacking)
        {
            return (null, Refused(MeasurementStatus.Unsupported, lacking));
        }

        var footprint = ModelFootprint.Of(sketch.Value.Fused, device.Target, sketch.Value.FormatOf);
        if (footprint.PeakBytes > memoryBytes * MemoryShare)
        {
            return (null, Refused(MeasurementStatus.OutOfMemory, $"it needs {footprint.PeakBytes >> 20} MiB, this process may use {memoryBytes >> 20} MiB"));
        }

        Result<BuiltDesign, string> built = await networks.BuildAsync(point, device.Way.Batch, cancellation);
        if (!built.Succeeded)
        {
            return (null, Refused(MeasurementStatus.Unsupported, built.Error));
        }

        LoadedDesign? loaded = null;
        try
        {
            loaded = new LoadedDesign(point, WeightNarrowing.Apply(built.Value.Fused, built.Value.FormatOf), device, configurations, options.Seed);
            loaded.Run();
            long start = clock.GetTimestamp();
            loaded.Run();
            double ms = clock.GetElapsedTime(start).TotalMilliseconds;
            if (ms <= options.LimitMs)
            {
                (LoadedDesign? ready, loaded) = (loaded, null);
                return (ready, null);
            }

            return (null, Refused(MeasurementStatus.TimeOut, $"an inference took {ms:0} ms, more than the limit of {options.LimitMs:0} ms"));
        }
        catch (Exception exhausted) when (exhausted is OutOfMemoryException or DeviceException { IsOutOfMemory: true, IsLost: false })
        {
            return (null, Refused(MeasurementStatus.OutOfMemory, exhausted.Message));
        }
        catch (Exception unsupported) when (
            unsupported is InvalidOperationException or ArgumentException or NotSupportedException or UnsupportedOperatorException
                or DeviceException { IsKernelRefused: true })
        {
            return (null, Refused(MeasurementStatus.Unsupported, unsupported.Message));
        }
        finally
        {
            loaded?.Dispose();
        }

        MeasuredDesign Refused(MeasurementStatus status, string why) => new(point, status) { Message = why };
    }

    // Such designs would run, on kernels for floats or without their instruction: their times would say nothing about the policy.
    private string? Lacking(BuiltDesign design) =>
        design.Narrow.IsEmpty ? null
        : !device.Way.IsProcessor
            ? $"its layers multiply {string.Join(" and ", design.Narrow.Select(StagePrecisions.NameOf))}, for which only processors have kernels"
        : design.Narrow.Contains(LayerPrecision.BFloat16) && !device.Target.MultipliesHalves
            ? $"its layers multiply bf16, for which this processor has no instruction at {device.Way.Lanes} lanes"
        : null;
}
