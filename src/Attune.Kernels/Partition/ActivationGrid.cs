namespace Attune.Kernels.Partition;

/// <summary>Size of an activation in the units that threads share it in.</summary>
/// <param name="Blocks">Channel blocks, those of all images together.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
public readonly record struct ActivationGrid(int Blocks, int Rows, int Columns);
