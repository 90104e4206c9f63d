using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>A statement of a loop program.</summary>
internal abstract record Statement;

/// <summary>Runs the body for variable = begin, begin + step, ... while below end. Unrolled loops need constant bounds.</summary>
internal sealed record Loop(LoopVariable Variable, Index Begin, Index End, long Step, bool Unroll, ImmutableArray<Statement> Body) : Statement;

/// <summary>Binds a variable for the rest of the enclosing block.</summary>
internal sealed record Let(LoopVariable Variable, IndexOperation Operation, Index Left, Index Right) : Statement;

/// <summary>Writes an element of a register tile.</summary>
internal sealed record Assign(RegisterTile Tile, ImmutableArray<Index> Subscripts, Value Value) : Statement;

/// <summary>Stores consecutive floats.</summary>
internal sealed record Store(Buffer Buffer, Index Offset, Value Value) : Statement;

/// <summary>Stores the first lanes of a vector as consecutive floats and leaves what follows alone.</summary>
internal sealed record StoreFirst(Buffer Buffer, Index Offset, Value Value, int Count) : Statement;

/// <summary>Asks for the cache line at an offset; never faults.</summary>
internal sealed record Prefetch(Buffer Buffer, Index Offset) : Statement;

/// <summary>Runs one of two blocks: then when left equals right.</summary>
internal sealed record WhenEqual(Index Left, Index Right, ImmutableArray<Statement> Then, ImmutableArray<Statement> Otherwise) : Statement;

/// <summary>Integer operations that are not affine.</summary>
internal enum IndexOperation
{
    Divide,
    Remainder,
    Minimum,
    Maximum,
}
