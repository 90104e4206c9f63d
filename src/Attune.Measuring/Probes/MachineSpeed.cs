namespace Attune.Measuring.Probes;

/// <summary>What a machine can do.</summary>
/// <param name="Threads">Threads that worked together.</param>
/// <param name="PeakFlops">Floating-point operations per second, multiply-adds counted as two.</param>
/// <param name="BytesPerSecond">Bytes read from memory per second.</param>
public sealed record MachineSpeed(int Threads, double PeakFlops, double BytesPerSecond)
{
    /// <summary>Shortest time in milliseconds in which some work can be done (the roofline).</summary>
    /// <param name="flops">Its operations.</param>
    /// <param name="bytes">Bytes that must move.</param>
    public double RooflineMs(double flops, double bytes) => Math.Max(flops / PeakFlops, bytes / BytesPerSecond) * 1000;
}
