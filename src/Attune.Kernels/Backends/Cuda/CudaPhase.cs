using Attune.Devices.Cuda;
using Attune.Kernels.Sources;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>One function of a compiled kernel.</summary>
/// <param name="Function">The driver's handle.</param>
/// <param name="Limits">What it takes on this device.</param>
/// <param name="Source">What was printed.</param>
/// <param name="Units">Its work units.</param>
internal sealed record CudaPhase(nint Function, CudaFunctionLimits Limits, SourceKernel Source, int Units)
{
    /// <summary>Why the device cannot launch it; null when it can.</summary>
    public string? Refusal(CudaDevice device) =>
        Source.Shape.Lanes > Limits.MaxLanes
            ? $"a group of this kernel runs at most {Limits.MaxLanes} lanes here, not {Source.Shape.Lanes}: each takes {Limits.Registers} registers"
        : Limits.SharedBytes > device.SharedBytes
            ? $"a group of this kernel shares {Limits.SharedBytes} bytes; the device has {device.SharedBytes}"
        : Limits.Registers * Source.Shape.Lanes > device.GroupRegisters
            ? $"{Source.Shape.Lanes} lanes of {Limits.Registers} registers each are more than the {device.GroupRegisters} registers that a group has"
        : (long)Limits.LocalBytes * device.ResidentLanes * device.Multiprocessors > device.MemoryBytes
            ? $"{Limits.LocalBytes} bytes outside the registers of each lane are more than the device has for all that run at a time"
        : null;
}
