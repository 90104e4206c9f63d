namespace Attune.Kernels.Loops.X64;

/// <summary>Instructions that are repeated.</summary>
/// <param name="First">Number of the first one.</param>
/// <param name="Last">Number of the last one, which jumps back.</param>
internal readonly record struct MachineLoop(int First, int Last);
