namespace Attune.Kernels.Loops;

/// <summary>How the iterations of a loop are run.</summary>
internal enum LoopKind
{
    /// <summary>One after the other.</summary>
    Serial,

    /// <summary>Written out one after the other by the <see cref="Unroller"/>; the bounds are constant.</summary>
    Unrolled,

    /// <summary>One after the other; a compiler of source text is told that writing them out is worth its while.</summary>
    Hinted,

    /// <summary>
    /// As groups of a grid, in any order and at once, along one of three axes: work-groups in OpenCL, blocks in CUDA. Groups share nothing but global memory
    /// and do not wait for each other.
    /// </summary>
    Group,

    /// <summary>
    /// As lanes of a group, at once, along one of three axes: work-items in OpenCL, threads in CUDA. Lanes have registers of their own, share the group's
    /// memory, and wait for each other at a <see cref="GroupBarrier"/>.
    /// </summary>
    Lane,
}
