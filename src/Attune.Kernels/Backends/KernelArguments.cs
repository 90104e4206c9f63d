using System.Collections.Immutable;

namespace Attune.Kernels.Backends;

/// <summary>The memory of one run of a kernel.</summary>
/// <param name="Operands">The template's operands, by slot; for convolutions input, weights, biases, residual, output.</param>
/// <param name="Shared">Workspace that all threads or groups share.</param>
/// <param name="Scratch">Scratch of each thread; empty where there are no threads.</param>
internal sealed record KernelArguments(ImmutableArray<DeviceRegion> Operands, DeviceRegion Shared, ImmutableArray<DeviceRegion> Scratch);
