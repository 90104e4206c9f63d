using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>A vector-valued expression of <see cref="LoopProgram.Lanes"/> floats.</summary>
internal abstract record Value;

/// <summary>Loads consecutive floats.</summary>
internal sealed record Load(Buffer Buffer, Index Offset) : Value;

/// <summary>Loads one float into every lane.</summary>
internal sealed record Broadcast(Buffer Buffer, Index Offset) : Value;

/// <summary>The same number in every lane.</summary>
internal sealed record Constant(float Number) : Value;

/// <summary>Reads an element of a register tile. Subscripts are constant once loops are unrolled.</summary>
internal sealed record Read(RegisterTile Tile, ImmutableArray<Index> Subscripts) : Value;

/// <summary>Applies a one-operand operation.</summary>
internal sealed record Unary(UnaryOperation Operation, Value Operand) : Value;

/// <summary>Applies a two-operand operation.</summary>
internal sealed record Binary(BinaryOperation Operation, Value Left, Value Right) : Value;

/// <summary>Left * right + addend with one rounding.</summary>
internal sealed record MultiplyAdd(Value Left, Value Right, Value Addend) : Value;

/// <summary>One number from all lanes of a vector, given to every lane. Halves are combined first, then quarters, and so on.</summary>
internal sealed record Reduction(ReductionOperation Operation, Value Operand) : Value;

/// <summary>The first lanes of a vector; the lanes after them hold a number, whatever the vector holds there.</summary>
internal sealed record FirstLanes(int Count, Value Operand, float Rest) : Value;

/// <summary>One-operand operations.</summary>
internal enum UnaryOperation
{
    Negate,
    Absolute,
    SquareRoot,
    Exponential,

    /// <summary>Q(|x|): the probability that a standard normal variable exceeds the operand's magnitude.</summary>
    NormalTail,
    HyperbolicTangent,

    /// <summary>The bits of the operand as an integer, shifted left over the significand: 2^n for the bits of 12583039 + n.</summary>
    ShiftToExponent,
}

/// <summary>Operations over the lanes of one vector.</summary>
internal enum ReductionOperation
{
    Add,
    Maximum,
}

/// <summary>Two-operand operations. Maximum and minimum return the right operand when either is NaN, as the machine does.</summary>
internal enum BinaryOperation
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
}
