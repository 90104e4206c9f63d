using Attune.Devices;
using Attune.Runtime.Execution;

namespace Attune.Runtime.OnDevice;

/// <summary>An inference on a device: its inputs are copied there, its outputs back into the context. Inferences take turns.</summary>
/// <param name="program">The network on the device.</param>
/// <param name="context">Where inputs and outputs lie on the host; owned.</param>
internal sealed class DeviceInference(DeviceProgram program, RunContext context) : Inference(context)
{
    /// <inheritdoc/>
    public override void Run(ThreadTeam team) => program.Run(Context, Recording);

    /// <inheritdoc/>
    public override void RunShared(ThreadTeam team) => program.Run(Context, Recording);
}
