namespace Attune.Design.Search;

/// <summary>
/// Predicts a number of a design from its genes: latency in milliseconds, energy, accuracy in percent. Must be safe for several threads at once and must not
/// allocate per call.
/// </summary>
public interface IDesignModel
{
    /// <summary>The prediction; NaN when the design cannot run on the device.</summary>
    /// <param name="genes">A canonical vector of the space that the model was made for.</param>
    double Predict(ReadOnlySpan<int> genes);
}
