namespace Attune.Kernels.Templates.Recurrent;

/// <summary>One product of a step with a state, and what is done to it.</summary>
/// <param name="First">First gate.</param>
/// <param name="Count">Gates.</param>
/// <param name="Vectors">Vectors of hidden units that a block has, the last one excepted.</param>
/// <param name="Rows">Sequences whose sums are in registers at a time.</param>
/// <param name="WeightsAt">Where its packed weights begin.</param>
/// <param name="Blocks">Blocks of one direction.</param>
internal sealed record RecurrentPart(int First, int Count, int Vectors, int Rows, long WeightsAt, int Blocks);
