using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>The graphics clock of an NVIDIA device, locked through the driver's management library. Takes some tens of milliseconds to settle, so it is a knob for jobs, not for layers.</summary>
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
        if (Nvml.Instance is not { } library)
        {
            yield break;
        }

        for (int device = 0; device < library.Count; device++)
        {
            if (library.GraphicsClocks(device) is { Length: > 0 } clocks)
            {
                yield return new NvmlClockKnob(library, device, [.. clocks]);
            }
        }
    }

    /// <summary>Releases a device's clocks; null when it worked, else why not.</summary>
    public static string? Release(int device) => Nvml.Instance is { } library ? library.Unlock(device) : "NVIDIA's management library is not there";

    /// <inheritdoc/>
    public long? Read() => library.GraphicsClock(device);

    /// <inheritdoc/>
    public KnobChange Write(long value)
    {
        string? refusal = library.Lock(device, (uint)value);
        return refusal is null
            ? new KnobChange(Description.Id, value, value, KnobOutcome.Applied)
            : new KnobChange(Description.Id, value, Read(), KnobOutcome.Refused, $"nvml/{device}: {refusal}");
    }

    /// <inheritdoc/>
    public ImmutableArray<RestoreStep> Snapshot() => [new RestoreStep($"nvml/{device}", string.Empty)];
}
