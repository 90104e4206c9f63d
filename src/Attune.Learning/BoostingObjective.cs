using Attune.Learning.Ranking;

namespace Attune.Learning;

/// <summary>First and second derivatives of a loss by the margin (the sum of trees), and what a margin means.</summary>
internal abstract class BoostingObjective
{
    /// <summary>XGBoost's least second derivative of the logistic losses.</summary>
    protected const float MinCurvature = 1e-16f;

    public static BoostingObjective Of(GradientBoostedTreesOptions options, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => options.Loss switch
    {
        BoostingLoss.Logistic => new LogisticObjective(),
        BoostingLoss.Pairwise => new PairwiseObjective(labels, weights, options.PartnerDraws?.Invoke() ?? new SeededDraws(options.Seed)),
        _ => new SquaredObjective(),
    };

    /// <summary>Fills gradients and curvatures of every row; rows of weight 0 get zeros. Labels and weights are those the objective was made for.</summary>
    public abstract void Derive(
        int round, ReadOnlySpan<float> margins, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> curvatures);

    /// <summary>The margin at which a prediction starts.</summary>
    public static float MarginOf(BoostingLoss loss, float baseScore) => loss == BoostingLoss.Logistic ? MathF.Log(baseScore / (1 - baseScore)) : baseScore;

    /// <summary>The prediction that a margin stands for.</summary>
    public static float PredictionOf(BoostingLoss loss, float margin) => loss == BoostingLoss.Logistic ? Sigmoid(margin) : margin;

    protected static float Sigmoid(float value) => 1f / (1f + MathF.Exp(-value));

    private sealed class SquaredObjective : BoostingObjective
    {
        public override void Derive(
            int round, ReadOnlySpan<float> margins, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> curvatures)
        {
            for (int row = 0; row < margins.Length; row++)
            {
                gradients[row] = (margins[row] - labels[row]) * weights[row];
                curvatures[row] = weights[row];
            }
        }
    }

    private sealed class LogisticObjective : BoostingObjective
    {
        public override void Derive(
            int round, ReadOnlySpan<float> margins, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<float> gradients, Span<float> curvatures)
        {
            for (int row = 0; row < margins.Length; row++)
            {
                float probability = Sigmoid(margins[row]);
                gradients[row] = (probability - labels[row]) * weights[row];
                curvatures[row] = MathF.Max(probability * (1 - probability), MinCurvature) * weights[row];
            }
        }
    }
}
