using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// A buffer a program reads or writes; the caller passes its address at run time. Offsets count elements. A load from a buffer of narrow elements widens them to floats:
/// bytes exactly; halves exactly too, but times 2^-112, since moving their bits to where a float has them leaves the bias of the exponent behind, and who
/// multiplies the sum by a scale anyway can correct it there. Only floats can be stored and broadcast.
/// </summary>
/// <param name="Name">Name in the printed program.</param>
/// <param name="Position">Position in the argument list. Buffers of different elements may share one.</param>
/// <param name="Format">Elements.</param>
internal sealed record Buffer(string Name, int Position, WeightFormat Format = WeightFormat.F32)
{
    /// <summary>What a half is too small by after a load.</summary>
    public const float HalfCorrection = 5.192296858534828e33f;

    public int ElementBytes => WeightFormats.BytesOf(Format);

    public override string ToString() => Name;
}

/// <summary>A block of vector registers, addressed by constant subscripts after unrolling.</summary>
internal sealed class RegisterTile(string name, params int[] extents)
{
    public string Name { get; } = name;

    public ImmutableArray<int> Extents { get; } = [.. extents];

    public int Count => Extents.Aggregate(1, (a, b) => a * b);

    public override string ToString() => Name;
}

/// <summary>
/// A kernel as loops over vectors: what templates build, people read, the interpreter runs and the lowering compiles.
/// The program runs work units Begin (inclusive) to End (exclusive); callers split the range among threads.
/// </summary>
/// <param name="Name">Kernel name.</param>
/// <param name="Lanes">Floats per vector: 4, 8 or 16.</param>
/// <param name="Buffers">Arguments, in position order.</param>
/// <param name="Begin">First work unit.</param>
/// <param name="End">End of the work units.</param>
/// <param name="Body">Statements.</param>
internal sealed record LoopProgram(
    string Name,
    int Lanes,
    ImmutableArray<Buffer> Buffers,
    LoopVariable Begin,
    LoopVariable End,
    ImmutableArray<Statement> Body);
