namespace Attune.Learning.Networks;

/// <summary>
/// What a network does with the sums of its hidden layers. Both are smooth, so that gradients with respect to the inputs say something everywhere.
/// </summary>
public enum Activation
{
    /// <summary>x / (1 + exp(-x)).</summary>
    Swish,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
}
