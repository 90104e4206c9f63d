namespace Attune.Kernels.Loops;

/// <summary>Who shares a buffer.</summary>
internal enum MemoryScope
{
    /// <summary>Everyone: the caller passes its address.</summary>
    Global,

    /// <summary>The lanes of one group, while the group runs: local memory in OpenCL, shared memory in CUDA. Holds anything at first.</summary>
    Group,
}
