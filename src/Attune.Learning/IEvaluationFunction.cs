namespace Attune.Learning;

/// <summary>
/// The evaluation function of a search (the papers' term): learns the merit of configurations from measured ones and predicts it for others.
/// Deterministic for equal inputs. One thread at a time.
/// </summary>
public interface IEvaluationFunction
{
    /// <summary>Forgets what it knew and learns from a table.</summary>
    /// <param name="features">One row per measured configuration.</param>
    /// <param name="labels">Merit per row, the larger the better.</param>
    /// <param name="weights">Importance per row, not negative, 0 leaves the row out; empty means all 1. Bootstrap resamples are integer weights.</param>
    void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights);

    /// <summary>Predicted merit of one row of features.</summary>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    float Predict(ReadOnlySpan<float> features);
}
