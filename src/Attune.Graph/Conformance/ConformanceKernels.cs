using Attune.Graph.Conformance.Operators;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>
/// Reference kernels of the operators that ONNX's tests run: besides those that a network can hold also some whose types cannot be inferred, so that no model
/// with them is read or tuned.
/// </summary>
internal static class ConformanceKernels
{
    /// <summary>All of them.</summary>
    public static ReferenceKernels All { get; } = ReferenceKernels.DefaultWith(TextKernels.Register, OptimiserKernels.Register);
}
