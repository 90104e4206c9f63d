using System.Collections.Immutable;
using Attune.Compile;
using Attune.Design.Spaces;
using Attune.Design.Store;

namespace Attune.Design.Local;

/// <summary>What measuring a design on a device gave.</summary>
/// <param name="Point">The design.</param>
/// <param name="Status">How it ended.</param>
public sealed record MeasuredDesign(SpacePoint Point, MeasurementStatus Status)
{
    /// <summary>Milliseconds per inference; NaN unless it ran.</summary>
    public double Ms { get; init; } = double.NaN;

    /// <summary>A tenth of the visits' medians are below this, milliseconds; NaN unless it ran.</summary>
    public double LowMs { get; init; } = double.NaN;

    /// <summary>A tenth of the visits' medians are above this, milliseconds; NaN unless it ran.</summary>
    public double HighMs { get; init; } = double.NaN;

    /// <summary>Visits.</summary>
    public int Visits { get; init; }

    /// <summary>What the times were divided by because the machine was slower than usual; 1 for nothing.</summary>
    public double Drift { get; init; } = 1;

    /// <summary>Joules per inference; null without a meter, as on devices other than processors.</summary>
    public double? Joules { get; init; }

    /// <summary>Bytes in use at most; null unless it was compiled.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>Bytes of the weights as they are stored; null unless it was built.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Why it does not run; null when it does.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Times of its units inside the model, milliseconds; empty unless asked for. On processors they add up to the latency, on other devices to what the copies
    /// of inputs and outputs leave of it.
    /// </summary>
    public ImmutableArray<(ModelUnit Unit, double Ms)> Units { get; init; } = [];

    /// <summary>The measurement as a record of the store.</summary>
    /// <param name="space">The space.</param>
    /// <param name="device">Key of the device.</param>
    /// <param name="time">Now.</param>
    public MeasurementEntry ToEntry(DesignSpace space, DeviceKey device, DateTimeOffset time) => new()
    {
        Time = time,
        Design = space.IdOf(Point),
        Family = space.Family,
        Device = device.ToString(),
        Status = Status,
        Ms = Status == MeasurementStatus.Ok ? Ms : null,
        LowMs = Status == MeasurementStatus.Ok ? LowMs : null,
        HighMs = Status == MeasurementStatus.Ok ? HighMs : null,
        Visits = Visits,
        Drift = Drift,
        Joules = Joules,
        PeakBytes = PeakBytes,
        SizeBytes = SizeBytes,
        Message = Message,
    };
}
