namespace Attune.Compile.Quantisation;

/// <summary>What kind of thing keeps a network from being quantised.</summary>
public enum QuantiseFailure
{
    /// <summary>The network cannot be quantised.</summary>
    Model,

    /// <summary>The calibration samples or labels do not fit it.</summary>
    Samples,

    /// <summary>A layer that was named is not there.</summary>
    Name,

    /// <summary>The loss of accuracy that is allowed is too little for even one layer on bytes.</summary>
    Budget,
}
