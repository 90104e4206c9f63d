namespace Attune.Learning.Gaussian;

/// <summary>An evaluation function that knows how sure it is. One thread at a time.</summary>
public interface IUncertainEvaluation : IEvaluationFunction
{
    /// <summary>Mean and standard deviation of the merit of every row, measurement noise left out, in the unit of the labels.</summary>
    /// <param name="features">Rows to judge, with the columns that were fitted.</param>
    /// <param name="estimates">One place per row.</param>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    void Predict(FeatureTable features, Span<Estimate> estimates);
}
