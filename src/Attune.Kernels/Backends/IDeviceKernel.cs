namespace Attune.Kernels.Backends;

/// <summary>A kernel compiled for a device.</summary>
internal interface IDeviceKernel : IDisposable
{
    /// <summary>Workspace that all threads or groups share, floats.</summary>
    long SharedFloats { get; }

    /// <summary>Scratch of each thread, floats; 0 where lanes keep theirs in registers and in the memory of their group.</summary>
    long ScratchFloats { get; }
}
