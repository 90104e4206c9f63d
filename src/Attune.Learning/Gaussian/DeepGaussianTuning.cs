namespace Attune.Learning.Gaussian;

/// <summary>What tuning a pre-trained deep Gaussian process on few rows ended in.</summary>
public enum DeepGaussianTuning
{
    /// <summary>As pre-trained.</summary>
    None,

    /// <summary>The last layer's means and the noise moved.</summary>
    LastLayer,

    /// <summary>Moving the last layer predicted held-out rows worse than not, so only scale and shift of the predictions were fitted.</summary>
    Affine,
}
