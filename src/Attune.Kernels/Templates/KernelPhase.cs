using Attune.Kernels.Loops;

namespace Attune.Kernels.Templates;

/// <summary>One phase of a compiled kernel.</summary>
/// <param name="Entry">The code.</param>
/// <param name="Units">Number of work units; they may be split among threads in any way, each writes its own part of the output.</param>
internal sealed record KernelPhase(KernelEntry Entry, int Units);
