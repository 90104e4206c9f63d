using System.Numerics;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Element-wise arithmetic with broadcasting, in every numeric type. Integers wrap, except that a quotient has to fit.</summary>
internal static partial class BinaryKernels
{
    /// <summary>An operation on two numbers of one type.</summary>
    internal interface IOperation
    {
        static abstract T Apply<T>(T a, T b)
            where T : INumber<T>;
    }

    public static void Register(KernelTable table)
    {
        table.Add("Add", Numeric, static call => Apply<Plus>(call));
        table.Add("Sub", Numeric, static call => Apply<Minus>(call));
        table.Add("Mul", Numeric, static call => Apply<Times>(call));
        table.Add("Div", GuardDivision, static call => Apply<Divide>(call));
        table.Add("Mod", GuardDivision, static call => call.Flag("fmod") ? Apply<TruncatedRemainder>(call) : Apply<FlooredRemainder>(call));
        table.Add("Pow", GuardPower, Power);
        table.Add("Sum", GuardFold, static call => Fold<Plus>(call));
        table.Add("Max", GuardFold, static call => Fold<Largest>(call));
        table.Add("Min", GuardFold, static call => Fold<Smallest>(call));
        table.Add("Mean", GuardFold, Mean);
        table.AddExact("BitShift", GuardShift, Shift);
        table.AddExact("BitwiseAnd", GuardBits, static call => Bits(call, static (a, b) => a & b));
        table.AddExact("BitwiseOr", GuardBits, static call => Bits(call, static (a, b) => a | b));
        table.AddExact("BitwiseXor", GuardBits, static call => Bits(call, static (a, b) => a ^ b));
    }

    /// <summary>Applies an operation to the first two inputs.</summary>
    public static Tensor Apply<TOperation>(KernelCall call)
        where TOperation : IOperation
        => Apply<TOperation>(call.Input(0), Aligned(call));

    /// <summary>Applies an operation to two tensors of one numeric element type.</summary>
    public static Tensor Apply<TOperation>(Tensor a, Tensor b)
        where TOperation : IOperation
        => a.Element switch
        {
            DataType.Float32 => Loop<TOperation, float>(a, b),
            DataType.Float64 => Loop<TOperation, double>(a, b),
            DataType.Int8 => Loop<TOperation, sbyte>(a, b),
            DataType.Int16 => Loop<TOperation, short>(a, b),
            DataType.Int32 => Loop<TOperation, int>(a, b),
            DataType.Int64 => Loop<TOperation, long>(a, b),
            DataType.UInt8 => Loop<TOperation, byte>(a, b),
            DataType.UInt16 => Loop<TOperation, ushort>(a, b),
            DataType.UInt32 => Loop<TOperation, uint>(a, b),
            DataType.UInt64 => Loop<TOperation, ulong>(a, b),
            DataType other => throw new ArgumentException($"Elements of {other} are no numbers.", nameof(a)),
        };

    /// <summary>The second operand, shaped so that NumPy's broadcasting gives what operator sets before 7 asked for with their axis attribute.</summary>
    public static Tensor Aligned(KernelCall call)
    {
        Tensor b = call.Input(1);
        Shape shape = AlignedShape(call);
        return shape.Rank == b.Shape.Rank ? b : b.Reshape(shape);
    }

    /// <summary>Walks two arrays in step with a broadcast result.</summary>
    public static TResult[] Zip<T, TResult>(Tensor a, Tensor b, Shape shape, Func<T, T, TResult> function)
    {
        T[] left = a.Elements<T>();
        T[] right = b.Elements<T>();
        int[]? fromLeft = Indexing.BroadcastMap(a.Shape, shape);
        int[]? fromRight = Indexing.BroadcastMap(b.Shape, shape);
        var result = new TResult[checked((int)shape.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = function(left[fromLeft is null ? i : fromLeft[i]], right[fromRight is null ? i : fromRight[i]]);
        }

        return result;
    }

    // The machine traps on the smallest integer modulo -1, which is 0 like any other.
    private static bool IsWholeByMinusOne<T>(T a, T b)
        where T : INumber<T>
        => b + T.One == T.Zero && T.IsNegative(b) && T.IsInteger(a);

    private static Tensor Loop<TOperation, T>(Tensor a, Tensor b)
        where TOperation : IOperation
        where T : INumber<T>
    {
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return Tensor.Of(shape, Zip<T, T>(a, b, shape, TOperation.Apply));
    }

    private static Tensor Fold<TOperation>(KernelCall call)
        where TOperation : IOperation
        => call.AllInputs().Aggregate(Apply<TOperation>);

    private static Tensor Mean(KernelCall call)
    {
        Tensor sum = Fold<Plus>(call);
        return Apply<Divide>(sum, Numbers.FromDoubles([call.InputCount], sum.Element, Shape.Scalar));
    }

    private static Tensor Power(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = Aligned(call);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        if (Numbers.IsInteger(a.Element) && Numbers.IsInteger(b.Element))
        {
            long[] powers = Zip<long, long>(Numbers.Convert(a, DataType.Int64), Numbers.Convert(b, DataType.Int64), shape, WholePower);
            return Numbers.FromLongs(powers, a.Element, shape);
        }

        double[] values = Zip<double, double>(Numbers.Convert(a, DataType.Float64), Numbers.Convert(b, DataType.Float64), shape, Math.Pow);
        return Numbers.FromDoubles(values, a.Element, shape);
    }

    private static long WholePower(long value, long exponent)
    {
        if (exponent < 0)
        {
            return value switch { 1 => 1, -1 => exponent % 2 == 0 ? 1 : -1, 0 => throw new DivideByZeroException("0 has no negative power"), _ => 0 };
        }

        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            result = unchecked((exponent & 1) == 1 ? result * value : result);
            value = unchecked(value * value);
        }

        return result;
    }

    private static Tensor Shift(KernelCall call)
    {
        bool left = call.Text("direction", string.Empty) == "LEFT";
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        ulong[] shifted = Zip<long, ulong>(
            Numbers.Convert(a, DataType.Int64), Numbers.Convert(b, DataType.Int64), shape,
            (v, n) => n is < 0 or > 63 ? 0UL : left ? (ulong)v << (int)n : (ulong)v >> (int)n);
        return Numbers.FromLongs(Numbers.Map(shifted, static v => unchecked((long)v)), a.Element, shape);
    }

    private static Tensor Bits(KernelCall call, Func<long, long, long> function)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return Numbers.FromLongs(Zip(Numbers.Convert(a, DataType.Int64), Numbers.Convert(b, DataType.Int64), shape, function), a.Element, shape);
    }

    internal readonly struct Plus : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => unchecked(a + b);
    }

    internal readonly struct Minus : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => unchecked(a - b);
    }

    internal readonly struct Times : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => unchecked(a * b);
    }

    internal readonly struct Divide : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
        {
            T quotient = a / b;
            // Only the smallest integer divided by -1 wraps back to itself.
            return quotient == a && T.IsNegative(b) && a < T.Zero
                ? throw new OverflowException($"{a} divided by {b} does not fit the element type")
                : quotient;
        }
    }

    /// <summary>C's remainder: the sign of the dividend.</summary>
    internal readonly struct TruncatedRemainder : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => IsWholeByMinusOne(a, b) ? T.Zero : a % b;
    }

    /// <summary>Python's remainder: the sign of the divisor.</summary>
    internal readonly struct FlooredRemainder : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
        {
            T rest = IsWholeByMinusOne(a, b) ? T.Zero : a % b;
            return !T.IsZero(rest) && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
        }
    }

    internal readonly struct Largest : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => T.Max(a, b);
    }

    internal readonly struct Smallest : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => T.Min(a, b);
    }

    /// <summary>The parametric rectifier: a below zero is multiplied by b.</summary>
    internal readonly struct Slope : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => T.IsNegative(a) ? a * b : a;
    }
}
