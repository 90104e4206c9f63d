using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>The annotations a loop can carry in AutoTVM, in the order of its one-hot features (tuning.md 1.1).</summary>
internal static class Annotations
{
    /// <summary>All names; an annotation's number is its position.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "none", "vec", "unroll", "blockIdx.x", "blockIdx.y", "blockIdx.z", "threadIdx.x", "threadIdx.y", "threadIdx.z", "vthread", "fuse",
    ];

    /// <summary>Number of an annotation.</summary>
    /// <exception cref="ArgumentException">There is no such annotation.</exception>
    public static int NumberOf(string name)
    {
        int number = Names.IndexOf(name);
        return number >= 0 ? number : throw new ArgumentException($"There is no loop annotation '{name}'; known: {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>
    /// The choices per loop of AutoTVM's policies with free choice: "unroll", "try_unroll", "vec", "try_vec", "try_unroll_vec"; "try" adds "none".
    /// </summary>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public static ImmutableArray<string> ChoicesOf(string policy) => policy switch
    {
        "unroll" => ["unroll"],
        "try_unroll" => ["none", "unroll"],
        "vec" => ["vec"],
        "try_vec" => ["none", "vec"],
        "try_unroll_vec" => ["none", "unroll", "vec"],
        _ => throw new ArgumentException($"There is no annotation policy '{policy}'.", nameof(policy)),
    };
}
