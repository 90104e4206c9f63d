namespace Attune.Learning.Gaussian;

/// <summary>Parameters of a deep Gaussian process (tuning.md 3.2, 3.4, 3.10). Features and labels are standardised before anything else.</summary>
public sealed record DeepGaussianOptions
{
    /// <summary>Covariance function of every layer. Default <see cref="CovarianceKind.SquaredExponential"/>.</summary>
    public CovarianceKind Covariance { get; init; } = CovarianceKind.SquaredExponential;

    /// <summary>Layers, 1 to 4. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Outputs of every inner layer, 1 to 32; cost is linear in it. Default 4.</summary>
    public int Width { get; init; } = 4;

    /// <summary>Inducing points per layer, 1 to 512; fewer when there are fewer rows. Default 48.</summary>
    public int InducingPoints { get; init; } = 48;

    /// <summary>Steps of the optimiser, 0 to 100,000. Default 800.</summary>
    public int Steps { get; init; } = 800;

    /// <summary>Rows per step, 1 to 10,000. Default 128.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Samples through the layers per row and step, 1 to 100. Default 1.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Adam's step length, in (0, 1]. Default 0.02.</summary>
    public double Rate { get; init; } = 0.02;

    /// <summary>Initial noise variance relative to the labels' variance, in (0, 1]. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Samples through the layers per predicted row, 1 to 1000. Default 8.</summary>
    public int PredictionSamples { get; init; } = 8;

    /// <summary>Prior deviation tau of the last layer's whitened inducing means around the pre-trained ones while tuning, above 0. Default 0.3.</summary>
    public double TuningPrior { get; init; } = 0.3;

    /// <summary>Seed of initialisation, batches and samples. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public DeepGaussianOptions Validated()
    {
        var problems = new List<string>();
        Require(Enum.IsDefined(Covariance), $"Covariance {Covariance} is unknown");
        Require(Layers is >= 1 and <= 4, $"Layers {Layers} is not in 1..4");
        Require(Width is >= 1 and <= 32, $"Width {Width} is not in 1..32");
        Require(InducingPoints is >= 1 and <= 512, $"InducingPoints {InducingPoints} is not in 1..512");
        Require(Steps is >= 0 and <= 100_000, $"Steps {Steps} is not in 0..100000");
        Require(Batch is >= 1 and <= 10_000, $"Batch {Batch} is not in 1..10000");
        Require(Samples is >= 1 and <= 100, $"Samples {Samples} is not in 1..100");
        Require(Rate is > 0 and <= 1, $"Rate {Rate} is not in (0, 1]");
        Require(Noise is > 0 and <= 1, $"Noise {Noise} is not in (0, 1]");
        Require(PredictionSamples is >= 1 and <= 1000, $"PredictionSamples {PredictionSamples} is not in 1..1000");
        Require(TuningPrior > 0 && double.IsFinite(TuningPrior), $"TuningPrior {TuningPrior} is not above 0");
        return problems.Count == 0 ? this : throw new ArgumentException($"Deep Gaussian process options: {string.Join("; ", problems)}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
