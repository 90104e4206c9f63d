using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>A part of a step of a model on a device.</summary>
internal abstract class DevicePart : IDisposable
{
    /// <summary>Does it, or begins it where it happens on the device.</summary>
    public abstract void Run(RunContext context);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}

/// <summary>Runs a kernel.</summary>
/// <param name="launch">The kernel with its memory; the part disposes of it.</param>
internal sealed class KernelLaunchPart(ILaunch launch) : DevicePart
{
    /// <summary>Begins it.</summary>
    public void Begin() => launch.Begin();

    public override void Run(RunContext context) => launch.Begin();

    public override void Dispose() => launch.Dispose();
}

/// <summary>Runs several kernels that the device was told before.</summary>
/// <param name="sequence">The kernels.</param>
internal sealed class SequencePart(ICommandSequence sequence) : DevicePart
{
    public override void Run(RunContext context) => sequence.Begin();
}

/// <summary>Brings a value of the host to dense memory of the device.</summary>
internal sealed class UploadPart(Storage storage, DeviceRegion target) : DevicePart
{
    public override void Run(RunContext context) => target.Memory!.Write(target.Offset, MemoryMarshal.AsBytes(context.Managed[storage.Id]!.Span<float>()));
}

/// <summary>Brings a value from dense memory of the device to the host.</summary>
internal sealed class DownloadPart(Storage storage, DeviceRegion source) : DevicePart
{
    public override void Run(RunContext context)
    {
        var data = new float[storage.Shape.Count];
        source.Memory!.Read(source.Offset, MemoryMarshal.AsBytes(data.AsSpan()));
        context.Managed[storage.Id] = Tensor.Of(storage.Shape, data);
    }
}

/// <summary>Runs a node without a kernel on the host.</summary>
/// <param name="call">The node and its operands.</param>
internal sealed class HostPart(ReferenceCall call) : DevicePart
{
    public override void Run(RunContext context) => call.Run(context.Managed);
}
