using System.Collections.Immutable;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>What a step of a model does on a device, for whatever memory an inference has.</summary>
internal abstract record DeviceWork
{
    /// <summary>The same, on the memory of an inference.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="memories">The inference's memory.</param>
    public abstract DevicePart Bind(IBackend backend, DeviceMemories memories);
}

/// <summary>One buffer of a kernel: a constant on the device, a value of the inference, or nothing.</summary>
/// <param name="Constant">Weights or tables, when it is one.</param>
/// <param name="Storage">Value, when it is one.</param>
internal readonly record struct DeviceOperand(IDeviceMemory? Constant, Storage? Storage)
{
    public static implicit operator DeviceOperand(Storage storage) => new(null, storage);
}

/// <summary>Runs a kernel.</summary>
/// <param name="Kernel">The kernel; whoever compiled it disposes of it.</param>
/// <param name="Operands">Its buffers.</param>
internal sealed record KernelWork(IDeviceKernel Kernel, ImmutableArray<DeviceOperand> Operands) : DeviceWork
{
    /// <inheritdoc/>
    public override DevicePart Bind(IBackend backend, DeviceMemories memories) => new KernelLaunchPart(
        backend.Prepare(Kernel, [new KernelArguments([.. Operands.Select(memories.Of)], memories.Shared, [default])], 1));
}

/// <summary>Brings a value of the host to dense memory of the device.</summary>
/// <param name="Value">The value.</param>
internal sealed record UploadWork(Storage Value) : DeviceWork
{
    /// <inheritdoc/>
    public override DevicePart Bind(IBackend backend, DeviceMemories memories) => new UploadPart(Value, memories.Of(Value));
}

/// <summary>Brings a value from dense memory of the device to the host.</summary>
/// <param name="Value">The value.</param>
internal sealed record DownloadWork(Storage Value) : DeviceWork
{
    /// <inheritdoc/>
    public override DevicePart Bind(IBackend backend, DeviceMemories memories) => new DownloadPart(Value, memories.Of(Value));
}

/// <summary>Runs a node without a kernel on the host.</summary>
/// <param name="Call">The node and its operands.</param>
internal sealed record HostWork(ReferenceCall Call) : DeviceWork
{
    /// <inheritdoc/>
    public override DevicePart Bind(IBackend backend, DeviceMemories memories) => new HostPart(Call);
}
