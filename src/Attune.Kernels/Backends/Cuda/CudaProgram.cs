using Attune.Devices.Cuda;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>Compiled text in the context of a device.</summary>
/// <param name="Module">The driver's handle.</param>
/// <param name="Text">What was compiled.</param>
/// <param name="Architecture">Compute capability that it was compiled for.</param>
/// <param name="Ptx">What the compiler made of it.</param>
internal sealed record CudaProgram(CudaModule Module, string Text, int Architecture, byte[] Ptx)
{
    /// <summary>The same for a file.</summary>
    public DeviceCode ToCode() => DeviceCode.Of(CudaPrograms.NameOf(Text), Architecture, Ptx);
}
