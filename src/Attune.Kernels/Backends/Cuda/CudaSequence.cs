using Attune.Devices.Cuda;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>Launches recorded as a CUDA graph: the driver checks and prepares them once, and a call of a few microseconds begins all of them.</summary>
/// <param name="context">The device in use.</param>
/// <param name="graph">The graph; the sequence gives it back.</param>
internal sealed class CudaSequence(CudaContext context, nint graph) : ICommandSequence
{
    /// <inheritdoc/>
    public void Begin() => context.LaunchGraph(graph);

    /// <inheritdoc/>
    public void Dispose() => context.FreeGraph(graph);
}
