using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>A statement of a loop program.</summary>
internal abstract record Statement;

/// <summary>
/// Runs the body for variable = begin, begin + step, ... while below end; a loop over groups or lanes, along an axis from 0 (whose neighbours are next to each
/// other) to 2.
/// </summary>
internal sealed record Loop(LoopVariable Variable, Index Begin, Index End, long Step, LoopKind Kind, ImmutableArray<Statement> Body, int Axis = 0) : Statement;

/// <summary>Binds a variable for the rest of the enclosing block.</summary>
internal sealed record Let(LoopVariable Variable, IndexOperation Operation, Index Left, Index Right) : Statement;

/// <summary>Writes an element of a register tile.</summary>
internal sealed record Assign(RegisterTile Tile, ImmutableArray<Index> Subscripts, Value Value) : Statement;

/// <summary>Stores consecutive elements. Integers become the nearest value that narrower elements of the buffer can hold.</summary>
internal sealed record Store(Buffer Buffer, Index Offset, Value Value) : Statement;

/// <summary>Stores the first lanes of a vector as consecutive elements and leaves what follows alone.</summary>
internal sealed record StoreFirst(Buffer Buffer, Index Offset, Value Value, int Count) : Statement;

/// <summary>
/// Loads four neighbours at once into four elements of a register tile that follow each other in its last subscript; for lanes of a group. The offset is a
/// multiple of four, and so is what the memory's place is counted from.
/// </summary>
internal sealed record LoadFour(RegisterTile Tile, ImmutableArray<Index> Subscripts, Buffer Buffer, Index Offset) : Statement;

/// <summary>Stores four elements of a register tile at once, under the same conditions.</summary>
internal sealed record StoreFour(Buffer Buffer, Index Offset, RegisterTile Tile, ImmutableArray<Index> Subscripts) : Statement;

/// <summary>Asks for the cache line at an offset; never faults.</summary>
internal sealed record Prefetch(Buffer Buffer, Index Offset) : Statement;

/// <summary>Runs one of two blocks: then when the comparison holds. Guards what would reach past an edge.</summary>
internal sealed record When(Index Left, Comparison Comparison, Index Right, ImmutableArray<Statement> Then, ImmutableArray<Statement> Otherwise) : Statement;

/// <summary>Waits until every lane of the group is here; afterwards all see what each wrote before. All lanes reach the same barriers equally often.</summary>
internal sealed record GroupBarrier : Statement;

/// <summary>Fills a matrix tile with zeros.</summary>
internal sealed record TileZero(MatrixTile Tile) : Statement;

/// <summary>Loads a matrix tile whose rows lie a number of elements apart. Elements of the buffer are 32-bit words.</summary>
internal sealed record TileLoad(MatrixTile Tile, Buffer Buffer, Index Offset, long Stride) : Statement;

/// <summary>
/// Adds a product of matrices: to the sum in a row and a column, the products of all words in that row of the left tile with those in that column of the right
/// one, by what the words hold.
/// </summary>
internal sealed record TileMultiply(MatrixTile Sums, MatrixTile Left, MatrixTile Right, TileProducts Products) : Statement;

/// <summary>Stores a matrix tile whose rows come to lie a number of elements apart. Elements of the buffer are 32-bit words.</summary>
internal sealed record TileStore(Buffer Buffer, Index Offset, long Stride, MatrixTile Tile) : Statement;

/// <summary>Integer operations that are not affine.</summary>
internal enum IndexOperation
{
    Divide,
    Remainder,
    Minimum,
    Maximum,
}

/// <summary>Comparisons of two indices.</summary>
internal enum Comparison
{
    Equal,
    Less,
}
