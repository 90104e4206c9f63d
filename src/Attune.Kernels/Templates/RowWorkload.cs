namespace Attune.Kernels.Templates;

/// <summary>An operator on every row of a matrix. Equality is by value.</summary>
/// <param name="Operation">The operator.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Elements of a row.</param>
/// <param name="Epsilon">Added to the variance; 0 for operators without one.</param>
/// <param name="Lanes">Floats per vector.</param>
internal sealed record RowWorkload(RowOperation Operation, int Rows, int Columns, float Epsilon, int Lanes) : Workload
{
    /// <inheritdoc/>
    public override int Lanes { get; init; } = Lanes;

    /// <inheritdoc/>
    public override string Title => $"{(Operation == RowOperation.Softmax ? "softmax" : "layer normalization")} {Rows}x{Columns}";

    /// <inheritdoc/>
    public override long Flops => (long)Rows * Columns;
}
