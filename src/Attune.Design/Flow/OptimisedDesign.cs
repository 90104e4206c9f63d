using Attune.Design.Spaces;
using Attune.Design.Store;

namespace Attune.Design.Flow;

/// <summary>A design with what was measured and what was predicted of it.</summary>
/// <param name="Point">The design.</param>
/// <param name="Value">Accuracy, or the ranking's number.</param>
/// <param name="PredictedMs">Predicted latency before it was measured; NaN when it was not predicted.</param>
/// <param name="Measured">The measurement.</param>
public sealed record OptimisedDesign(SpacePoint Point, double Value, double PredictedMs, MeasurementEntry Measured)
{
    /// <summary>Measured milliseconds; NaN when it does not run.</summary>
    public double Ms => Measured.Ms ?? double.NaN;
}
