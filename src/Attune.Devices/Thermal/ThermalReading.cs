using System.Runtime.InteropServices;

namespace Attune.Devices.Thermal;

/// <summary>How hot a part of the machine is, and at what temperature the system slows it down.</summary>
/// <param name="Sensor">Name of the sensor, for example <c>x86_pkg_temp</c>.</param>
/// <param name="Celsius">Temperature now, degrees Celsius.</param>
/// <param name="LimitCelsius">Temperature from which the system intervenes, degrees Celsius.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ThermalReading(string Sensor, double Celsius, double LimitCelsius)
{
    /// <summary>Degrees left to the limit; negative above it.</summary>
    public double Left => LimitCelsius - Celsius;
}
