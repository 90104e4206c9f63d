namespace Attune.Learning;

/// <summary>An evaluation function that also says how sure it is.</summary>
public interface IEstimator : IEvaluationFunction
{
    /// <summary>Predicted merit and its standard deviation for one row of features.</summary>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    Estimate Estimate(ReadOnlySpan<float> features);
}
