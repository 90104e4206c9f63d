using Attune.Design.Spaces;

namespace Attune.Design.Local;

/// <summary>
/// Measures designs on one device. One caller at a time. Never throws for what a design does: that is a status. Throws
/// <see cref="Attune.Devices.DeviceException"/> when the device fails; what was handed on before stays right.
/// </summary>
public interface IDesignMeasurer
{
    /// <summary>Key of the device.</summary>
    DeviceKey Device { get; }

    /// <summary>Measures designs, in batches; every batch is handed on as soon as it is done, so that an interruption loses one at most.</summary>
    /// <param name="points">The designs.</param>
    /// <param name="withUnits">True times the units inside the models too.</param>
    /// <param name="cancellation">Stops early; an exception is thrown.</param>
    IAsyncEnumerable<MeasuredDesign> MeasureAsync(IReadOnlyList<SpacePoint> points, bool withUnits, CancellationToken cancellation);
}
