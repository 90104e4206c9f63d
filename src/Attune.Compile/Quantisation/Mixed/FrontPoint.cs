using System.Collections.Immutable;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>A choice of precisions that no other is predicted to beat in both time and error.</summary>
/// <param name="Precisions">Precision of every layer.</param>
/// <param name="PredictedMs">Sum of what the layers take, milliseconds.</param>
/// <param name="PredictedError">Relative error of the outputs if the layers' errors are independent: the root of the sum of their squares.</param>
public sealed record FrontPoint(ImmutableArray<LayerPrecision> Precisions, double PredictedMs, double PredictedError)
{
    /// <summary>True when every layer is in floats.</summary>
    public bool IsFloat => Precisions.All(precision => precision == LayerPrecision.Float32);

    /// <summary>How many layers are in a precision.</summary>
    /// <param name="precision">The precision.</param>
    public int CountOf(LayerPrecision precision) => Precisions.Count(one => one == precision);
}
