
namespace Attune.Measuring.Kernels;

/// <summary>Equal copies of packed weights, one after the other.</summary>
/// <param name="Memory">Where they are.</param>
/// <param name="Stride">Floats from one copy to the next.</param>
/// <param name="Count">Number of copies.</param>
internal sealed record WeightCopies(GuardedFloats Memory, long Stride, int Count);
