namespace Attune.Runtime.Plan.Verification;

/// <summary>
/// Cells at a constant distance, and the elements they are taken for: cell i is at Address + i Step and holds element Element + i ElementStep.
/// </summary>
/// <param name="Address">First cell, relative to the memory of the storage's root.</param>
/// <param name="Step">Distance of cells.</param>
/// <param name="Element">First element, counted row by row as ONNX does; <see cref="Zero"/>, or <see cref="Anything"/>.</param>
/// <param name="ElementStep">Distance of elements.</param>
/// <param name="Count">Cells.</param>
internal readonly record struct CellRun(long Address, long Step, long Element, long ElementStep, int Count)
{
    /// <summary>Cells of the halo: zeros.</summary>
    public const long Zero = -1;

    /// <summary>Cells whose contents reach no result: channels past the last, slack behind the end.</summary>
    public const long Anything = -2;
}
