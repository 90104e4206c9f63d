using System.Collections.Immutable;
using Attune.Kernels.Loops;

namespace Attune.Kernels.Sources;

/// <summary>A printed kernel and how it is launched.</summary>
/// <param name="Name">Name of its function.</param>
/// <param name="Body">Its text, without a prelude.</param>
/// <param name="Shape">Groups and lanes.</param>
/// <param name="Arguments">
/// Position of every memory argument, in the order of the parameters: each is an address and a distance from it in elements of 32 bits. The number of work
/// units follows when <paramref name="TakesUnits"/>.
/// </param>
/// <param name="Written">Those of them that the kernel writes to.</param>
/// <param name="TakesUnits">The kernel was written as work units: every lane runs one.</param>
/// <param name="SharedBytes">Memory that the lanes of a group share, bytes.</param>
internal sealed record SourceKernel(
    string Name, string Body, LaunchShape Shape, ImmutableArray<int> Arguments, ImmutableArray<int> Written, bool TakesUnits, long SharedBytes);
