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
    string Name, string Body, LaunchShape Shape, ImmutableArray<int> Arguments, ImmutableArray<int> Written, bool TakesUnits, long SharedBytes)
{
    private const int FourBytes = 16;

    /// <summary>Number of the function's parameters.</summary>
    public int Parameters => (2 * Arguments.Length) + (TakesUnits ? 1 : 0);

    /// <summary>Those of the arguments from which four numbers are loaded or stored at once: their places in memory are multiples of 16 bytes.</summary>
    public ImmutableArray<int> Aligned { get; init; } = [];

    /// <summary>Makes sure that an argument lies where the kernel may use it.</summary>
    /// <param name="position">Position of the argument.</param>
    /// <param name="offset">Where it begins in memory that a device gave, bytes.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public void RequireAligned(int position, long offset)
    {
        if (offset % FourBytes != 0 && Aligned.Contains(position))
        {
            throw new ArgumentException(
                $"{Name} uses four numbers at once of argument {position}, which begins at byte {offset}: no multiple of {FourBytes}.", nameof(offset));
        }
    }
}
