using Attune.Kernels.Templates;

namespace Attune.Compile.Flow;

/// <summary>Two steps that may also run as one.</summary>
/// <param name="First">Position of the depthwise convolution.</param>
/// <param name="Second">Position of the pointwise convolution.</param>
/// <param name="Workload">The two as one workload.</param>
public sealed record FlowPair(int First, int Second, PairWorkload Workload);
