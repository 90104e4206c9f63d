namespace Attune.Kernels.Backends;

/// <summary>A kernel compiled for a device.</summary>
internal interface IDeviceKernel : IDisposable
{
    /// <summary>Workspace that all threads or groups share, floats.</summary>
    long SharedFloats { get; }

    /// <summary>Scratch of each thread, floats; 0 where lanes keep theirs in registers and in the memory of their group.</summary>
    long ScratchFloats { get; }

    /// <summary>What the device's compiler made of it, in words; null where it does not tell.</summary>
    string? Usage => null;

    /// <summary>What the device's compiler made, where a driver takes that elsewhere too; null where it does not.</summary>
    DeviceCode? Code => null;
}
