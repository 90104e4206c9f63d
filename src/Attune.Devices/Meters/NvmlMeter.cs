using Attune.Devices.Knobs;

namespace Attune.Devices.Meters;

/// <summary>Energy counter of the NVIDIA devices of this machine, all together.</summary>
internal sealed class NvmlMeter : IEnergyMeter
{
    private readonly Nvml library;
    private readonly ulong start;

    private NvmlMeter(Nvml library, ulong start)
    {
        this.library = library;
        this.start = start;
    }

    /// <inheritdoc/>
    public string Name => $"NVML, {library.Count} device{(library.Count == 1 ? string.Empty : "s")}";

    /// <inheritdoc/>
    public bool IsEstimate => false;

    /// <inheritdoc/>
    public TimeSpan UpdateInterval => TimeSpan.FromMilliseconds(100);

    /// <summary>The meter; null where there is none.</summary>
    public static NvmlMeter? Open() => Nvml.Instance is { } library && Sum(library) is { } start ? new NvmlMeter(library, start) : null;

    /// <inheritdoc/>
    public double? MilliJoules() => Sum(library) is { } now ? now - start : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The library stays loaded for others.
    }

    private static ulong? Sum(Nvml library)
    {
        ulong sum = 0;
        int count = library.Count;
        for (int device = 0; device < count; device++)
        {
            if (library.EnergyMilliJoules(device) is not { } energy)
            {
                return null;
            }

            sum += energy;
        }

        return count > 0 ? sum : null;
    }
}
