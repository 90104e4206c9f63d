namespace Attune.Kernels.Templates;

/// <summary>Packing cut into units that write disjoint memory and may run in any order, on any threads, once each.</summary>
/// <param name="Units">Number of units.</param>
/// <param name="Run">Runs the unit of this position; the slab belongs to the calling thread for the time of the call.</param>
internal sealed record PackingWork(int Units, Action<int, PackingSlab> Run);
