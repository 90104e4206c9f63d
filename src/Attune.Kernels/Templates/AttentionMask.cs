namespace Attune.Kernels.Templates;

/// <summary>Steps of an additive mask in elements; 0 along an axis where one number serves all. Keys are consecutive.</summary>
/// <param name="Batch">Step between sequences.</param>
/// <param name="Head">Step between heads.</param>
/// <param name="Query">Step between queries.</param>
internal readonly record struct AttentionMask(int Batch, int Head, int Query);
