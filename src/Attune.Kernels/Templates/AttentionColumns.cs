namespace Attune.Kernels.Templates;

/// <summary>Where the heads of queries, keys or values lie within the rows of a matrix.</summary>
/// <param name="Width">Elements of a row.</param>
/// <param name="First">Column of the first element of the first head.</param>
internal readonly record struct AttentionColumns(int Width, int First);
