namespace Attune.Kernels.Templates;

/// <summary>What an element-wise kernel visits: images x channel blocks x rows x vectors of a row.</summary>
/// <param name="Images">Images.</param>
/// <param name="Blocks">Channel blocks.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Vectors">Vectors per row.</param>
public sealed record ElementwiseExtent(int Images, int Blocks, int Rows, int Vectors);
