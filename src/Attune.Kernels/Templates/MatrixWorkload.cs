namespace Attune.Kernels.Templates;

/// <summary>A batch of products of two activations: c[b, m, n] = sum_k a[b, m, k] b[b, k, n], all dense and row-major.</summary>
/// <param name="Offsets">For every product of the batch, the first matrix of the left and of the right operand: broadcasting repeats matrices.</param>
/// <param name="Rows">m.</param>
/// <param name="Columns">n.</param>
/// <param name="Depth">k.</param>
/// <param name="Lanes">Floats per vector.</param>
internal sealed record MatrixWorkload(MatrixBatch Offsets, int Rows, int Columns, int Depth, int Lanes) : Workload
{
    /// <inheritdoc/>
    public override int Lanes { get; init; } = Lanes;

    /// <inheritdoc/>
    public override long Flops => 2L * Offsets.Count * Rows * Columns * Depth;

    /// <inheritdoc/>
    public override string Title => $"matmul {Offsets.Count}x{Rows}x{Depth}x{Columns}";
}
