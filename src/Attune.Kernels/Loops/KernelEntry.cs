namespace Attune.Kernels.Loops;

/// <summary>
/// A compiled kernel: runs work units begin .. end on the buffers, whose addresses are in position order. Safe to call from several threads on disjoint units.
/// </summary>
/// <param name="buffers">Addresses of the buffers.</param>
/// <param name="begin">First work unit.</param>
/// <param name="end">End of the work units.</param>
internal unsafe delegate void KernelEntry(float** buffers, nint begin, nint end);
