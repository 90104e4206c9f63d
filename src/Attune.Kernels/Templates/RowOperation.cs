namespace Attune.Kernels.Templates;

/// <summary>Operators on rows of dense memory.</summary>
internal enum RowOperation
{
    /// <summary>exp(x - max) over its sum.</summary>
    Softmax,

    /// <summary>Mean and variance of a row become 0 and 1, then a factor and a summand per column.</summary>
    LayerNormalization,
}
