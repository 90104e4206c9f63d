namespace Attune.Learning.Gaussian;

/// <summary>
/// Parameters of an exact or sparse Gaussian process. Features and labels are standardised before anything else, so that all scales here are of order 1.
/// </summary>
public sealed record GaussianProcessOptions
{
    /// <summary>Covariance function. Default <see cref="CovarianceKind.Matern52"/>.</summary>
    public CovarianceKind Covariance { get; init; } = CovarianceKind.Matern52;

    /// <summary>
    /// Evaluations of the marginal likelihood with its gradient per fit, 0 keeps the parameters of the last fit (or the initial ones). Range 0 to 1000. Default
    /// 30.
    /// </summary>
    public int Evaluations { get; init; } = 30;

    /// <summary>
    /// Standard deviation of a normal prior on the logarithm of every length scale around <see cref="LengthScale"/> * sqrt(columns); positive infinity for none
    /// (pure maximum likelihood). Above 0. Default 1: with few points and many columns the likelihood alone overfits.
    /// </summary>
    public double LengthPrior { get; init; } = 1;

    /// <summary>Initial length scale in units of sqrt(columns) standard deviations, above 0. Default 1.</summary>
    public double LengthScale { get; init; } = 1;

    /// <summary>Initial noise variance relative to the labels' variance, in (0, 1]. Default 0.05.</summary>
    public double Noise { get; init; } = 0.05;

    /// <summary>
    /// Standard deviation of a normal prior on the logarithm of the noise variance around <see cref="Noise"/>; positive infinity for none. Above 0. Default 2.
    /// </summary>
    public double NoisePrior { get; init; } = 2;

    /// <summary>
    /// How many of the last columns enter linearly instead of through the covariance function: column c adds v_c x_c x'_c, with v_c fitted too. For predictions
    /// of other models that the labels are expected to be proportional to. Only of the exact process. At least 0. Default 0.
    /// </summary>
    public int LinearColumns { get; init; }

    /// <summary>Inducing points of the sparse process, 1 to 2000. Default 64; the exact process has none.</summary>
    public int InducingPoints { get; init; } = 64;

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public GaussianProcessOptions Validated()
    {
        var problems = new List<string>();
        Require(Enum.IsDefined(Covariance), $"Covariance {Covariance} is unknown");
        Require(Evaluations is >= 0 and <= 1000, $"Evaluations {Evaluations} is not in 0..1000");
        Require(LengthPrior > 0, $"LengthPrior {LengthPrior} is not above 0");
        Require(LengthScale > 0 && double.IsFinite(LengthScale), $"LengthScale {LengthScale} is not above 0");
        Require(Noise is > 0 and <= 1, $"Noise {Noise} is not in (0, 1]");
        Require(NoisePrior > 0, $"NoisePrior {NoisePrior} is not above 0");
        Require(LinearColumns >= 0, $"LinearColumns {LinearColumns} is negative");
        Require(InducingPoints is >= 1 and <= 2000, $"InducingPoints {InducingPoints} is not in 1..2000");
        return problems.Count == 0 ? this : throw new ArgumentException($"Gaussian process options: {string.Join("; ", problems)}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
