namespace Attune.Design.Data;

/// <summary>What one device measured.</summary>
/// <param name="Name">Name of the device, or the line of its <see cref="DeviceKey"/>.</param>
/// <param name="Values">One value per design, milliseconds for latencies; NaN where the design does not run there.</param>
public sealed record DeviceColumn(string Name, double[] Values)
{
    /// <summary>Designs that ran.</summary>
    public int Measured => Values.Count(value => !double.IsNaN(value));

    /// <summary>Mean over the designs that ran; NaN when none did.</summary>
    public double Mean => Values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>True when fewer than two different values were measured: such a device orders nothing.</summary>
    public bool IsConstant => Values.Where(value => !double.IsNaN(value)).Distinct().Take(2).Count() < 2;
}
