namespace Attune.Learning.Gaussian;

/// <summary>Shape of a covariance function over the scaled distance r.</summary>
public enum CovarianceKind
{
    /// <summary>exp(-r^2 / 2): infinitely smooth.</summary>
    SquaredExponential,

    /// <summary>(1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r): twice differentiable, which suits times of kernels better.</summary>
    Matern52,
}
