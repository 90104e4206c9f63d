using Attune.Kernels;

namespace Attune.Compile.LowRank;

/// <summary>Inputs by which low-rank forms tell what of a layer matters.</summary>
/// <param name="Samples">Inputs as the application has them, each with a tensor for every input of the network; at least one.</param>
/// <param name="Threads">Threads to run them on, at least 1.</param>
public sealed record TypicalInputs(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Samples, int Threads);
