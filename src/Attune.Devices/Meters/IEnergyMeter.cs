namespace Attune.Devices.Meters;

/// <summary>Counts energy. Thread-safe.</summary>
public interface IEnergyMeter : IDisposable
{
    /// <summary>What it reads, for reports.</summary>
    string Name { get; }

    /// <summary>True when nothing is measured and a model tells; such energies must be called estimated wherever they are shown.</summary>
    bool IsEstimate { get; }

    /// <summary>How often the counter moves; energies of shorter stretches mean nothing.</summary>
    TimeSpan UpdateInterval { get; }

    /// <summary>Energy since the meter was opened, millijoules; null when the sensor has vanished.</summary>
    double? MilliJoules();
}
