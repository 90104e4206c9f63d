using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>
/// The graphics clock of an NVIDIA device, locked through the driver's management library. Takes some tens of milliseconds to settle, so it is a knob for jobs,
/// not for layers.
/// </summary>
internal sealed class NvmlClockKnob : IKnob
{
    private readonly Nvml library;
    private readonly int device;

    private NvmlClockKnob(Nvml library, int device, ImmutableArray<long> clocks)
    {
        this.library = library;
        this.device = device;
        Description = new Knob($"nvml/{device}", "MHz", clocks, BeyondProcess: true);
    }

    /// <inheritdoc/>
    public Knob Description { get; }

    /// <summary>One for each device that tells its clocks.</summary>
    public static IEnumerable<IKnob> Discover()
    {
        if (Nvml.Instance is not { } nvml)
        {
            yield break;
        }

        for (int index = 0; index < nvml.Count; index++)
        {
            if (nvml.GraphicsClocks(index) is { Length: > 0 } clocks)
            {
                yield return new NvmlClockKnob(nvml, index, [.. clocks]);
            }
        }
    }

    /// <summary>Releases a device's clocks; null when it worked, else why not.</summary>
    public static string? Release(int index) => Nvml.Instance is { } nvml ? nvml.Unlock(index) : "NVIDIA's management library is not there";

    /// <inheritdoc/>
    public long? Read() => library.GraphicsClock(device);

    /// <inheritdoc/>
    public KnobChange? Turn(long value) => library.Lock(device, (uint)value) is { } refusal
        ? new KnobChange(Description.Id, value, Read(), KnobOutcome.Refused, $"nvml/{device}: {refusal}")
        : null;

    /// <summary>A clock that is locked is taken as given: it takes tens of milliseconds to settle, and an idle device runs below it.</summary>
    public KnobChange ReadBack(long asked) => new(Description.Id, asked, asked, KnobOutcome.Applied);

    /// <inheritdoc/>
    public ImmutableArray<RestoreStep> Snapshot() => [new RestoreStep($"nvml/{device}", string.Empty)];
}
