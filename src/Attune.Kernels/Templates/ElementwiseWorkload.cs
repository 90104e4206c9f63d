namespace Attune.Kernels.Templates;

/// <summary>An element-wise operator of one or two operands and the activation of its result. Equality is by value.</summary>
/// <param name="Operation">Add, Sub, Mul or Div; null for the activation alone.</param>
/// <param name="Activation">Activation applied to the result.</param>
/// <param name="Extent">Rows and vectors to visit.</param>
/// <param name="Lanes">Floats per vector.</param>
internal sealed record ElementwiseWorkload(string? Operation, Epilogue Activation, ElementwiseExtent Extent, int Lanes) : Workload
{
    /// <summary>Operators of two operands.</summary>
    public static IReadOnlySet<string> Binaries { get; } = new HashSet<string>(StringComparer.Ordinal) { "Add", "Sub", "Mul", "Div" };

    /// <inheritdoc/>
    public override int Lanes { get; init; } = Lanes;

    /// <inheritdoc/>
    public override string Title => Operation ?? Activation.Activation;

    /// <inheritdoc/>
    public override long Flops => (long)Extent.Images * Extent.Blocks * Extent.Rows * Extent.Vectors * Lanes;
}
