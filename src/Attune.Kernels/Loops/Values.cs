using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>A vector-valued expression of <see cref="LoopProgram.Lanes"/> elements, 32-bit floats unless it says otherwise.</summary>
internal abstract record Value
{
    /// <summary>Elements: 32-bit floats or integers.</summary>
    public virtual DataType Element => DataType.Float32;
}

/// <summary>Loads consecutive elements.</summary>
internal sealed record Load(Buffer Buffer, Index Offset) : Value
{
    public override DataType Element => Buffer.LoadedAs;
}

/// <summary>Loads one element into every lane.</summary>
internal sealed record Broadcast(Buffer Buffer, Index Offset) : Value
{
    public override DataType Element => Buffer.LoadedAs;
}

/// <summary>The same number in every lane.</summary>
internal sealed record Constant(float Number) : Value;

/// <summary>The same integer in every lane.</summary>
internal sealed record IntegerConstant(int Number) : Value
{
    public override DataType Element => DataType.Int32;
}

/// <summary>Reads an element of a register tile. Subscripts are constant once loops are unrolled.</summary>
internal sealed record Read(RegisterTile Tile, ImmutableArray<Index> Subscripts) : Value
{
    public override DataType Element => Tile.Element;
}

/// <summary>Integers as the nearest floats, or floats as integers, towards zero; floats beyond the range of integers give any number.</summary>
internal sealed record Conversion(Value Operand) : Value
{
    public override DataType Element => Operand.Element == DataType.Int32 ? DataType.Float32 : DataType.Int32;
}

/// <summary>Applies a one-operand operation to floats.</summary>
internal sealed record Unary(UnaryOperation Operation, Value Operand) : Value;

/// <summary>Applies a two-operand operation to operands of the same elements. Integers wrap around and are not divided.</summary>
internal sealed record Binary(BinaryOperation Operation, Value Left, Value Right) : Value
{
    public override DataType Element => Left.Element;
}

/// <summary>Left * right + addend with one rounding.</summary>
internal sealed record MultiplyAdd(Value Left, Value Right, Value Addend) : Value;

/// <summary>
/// In every lane: the addend plus the products of four neighbours, the unsigned bytes of the left lane times the signed bytes of the right one. Sums wrap
/// around; nothing saturates.
/// </summary>
internal sealed record DotProduct(Value Left, Value Right, Value Addend) : Value
{
    public override DataType Element => DataType.Int32;
}

/// <summary>
/// In every lane: the addend plus the products of two neighbours, the brain floats in the halves of the left lane times those of the right one. Upper halves come
/// first, and there is one rounding after each product; numbers below the smallest normal float may count as zero.
/// </summary>
internal sealed record PairProduct(Value Left, Value Right, Value Addend) : Value;

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

    /// <summary>The nearest integer, of two equally near ones the even one.</summary>
    RoundToEven,
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
