namespace Attune.Measuring.Probes;

/// <summary>
/// Measures what this machine can do right now: peak arithmetic, memory bandwidth, clock, and how much equal work differs in time. Takes about a second per
/// number of threads.
/// </summary>
/// <param name="lanes">32-bit lanes of the widest vectors: 4, 8 or 16.</param>
/// <param name="clock">Time.</param>
public sealed class MachineProbe(int lanes, TimeProvider clock)
{
    // Far beyond any cache.
    private const long BytesPerThread = 128 << 20;

    /// <summary>Measures with a number of threads.</summary>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Interrupts between the parts.</param>
    public MachineSpeed Run(int threads, CancellationToken cancellation)
    {
        double peak = PeakProbe.GigaFlops(lanes, threads, clock) * 1e9;
        cancellation.ThrowIfCancellationRequested();
        double bandwidth = BandwidthProbe.GigaBytesPerSecond(BytesPerThread, threads, clock) * 1e9;
        cancellation.ThrowIfCancellationRequested();
        return new MachineSpeed(threads, peak, bandwidth);
    }

    /// <summary>How steady equal work is, on one thread.</summary>
    public NoiseReport Noise() => NoiseProbe.Run(clock: clock);

    /// <summary>Cycles per second that one busy core really gets, in MHz.</summary>
    public double Megahertz() => ClockProbe.GigaHertz(clock) * 1000;
}
