using System.Collections.Immutable;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.OnDevice;

/// <summary>A step on a device.</summary>
/// <param name="Planned">The step as it was planned.</param>
/// <param name="Works">What it runs, one after the other.</param>
/// <param name="Kernels">Its kernels and what they were compiled from, in order.</param>
internal sealed record DeviceStep(PlannedStep Planned, ImmutableArray<DeviceWork> Works, ImmutableArray<(KernelSource Source, IDeviceKernel Kernel)> Kernels)
{
    /// <summary>Position of the layer that has alternatives and that this step is one form of; -1 when the step always runs.</summary>
    public int Layer { get; init; } = -1;

    /// <summary>Which form of the layer it is: 0 the exact one.</summary>
    public int Form { get; init; }
}
