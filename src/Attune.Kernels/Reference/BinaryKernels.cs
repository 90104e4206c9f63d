using System.Numerics;

namespace Attune.Kernels.Reference;

/// <summary>Element-wise arithmetic with broadcasting, in every numeric type. Integers wrap.</summary>
internal static class BinaryKernels
{
    /// <summary>An operation on two numbers of one type.</summary>
    internal interface IOperation
    {
        static abstract T Apply<T>(T a, T b)
            where T : INumber<T>;
    }

    public static void Register(KernelTable table)
    {
        table.Add("Add", static call => Apply<Plus>(call));
        table.Add("Sub", static call => Apply<Minus>(call));
        table.Add("Mul", static call => Apply<Times>(call));
        table.Add("Div", static call => Apply<Divide>(call));
        table.Add("Mod", static call => call.Flag("fmod") ? Apply<TruncatedRemainder>(call) : Apply<FlooredRemainder>(call));
        table.Add("Pow", Power);
        table.Add("Sum", static call => Fold<Plus>(call));
        table.Add("Max", static call => Fold<Largest>(call));
        table.Add("Min", static call => Fold<Smallest>(call));
        table.Add("Mean", Mean);
        table.AddExact("BitShift", Shift);
        table.AddExact("BitwiseAnd", static call => Bits(call, static (a, b) => a & b));
        table.AddExact("BitwiseOr", static call => Bits(call, static (a, b) => a | b));
        table.AddExact("BitwiseXor", static call => Bits(call, static (a, b) => a ^ b));
    }

    /// <summary>Applies an operation to the first two inputs.</summary>
    public static Tensor Apply<TOperation>(KernelCall call)
        where TOperation : IOperation
        => Apply<TOperation>(call, call.Input(0), Aligned(call));

    /// <summary>Applies an operation to two tensors of one element type.</summary>
    public static Tensor Apply<TOperation>(KernelCall call, Tensor a, Tensor b)
        where TOperation : IOperation
        => RequireSameType(call, a, b) switch
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
            DataType other => throw call.Unsupported($"elements of {other}"),
        };

    /// <summary>The second operand, shaped so that NumPy's broadcasting gives what operator sets before 7 asked for with their axis attribute.</summary>
    public static Tensor Aligned(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        if (call.Opset >= 7 || !call.Flag("broadcast") || !call.Attributes.Has("axis"))
        {
            return b;
        }

        int trailing = a.Shape.Rank - call.AxisAttribute(0, a.Shape.Rank) - b.Shape.Rank;
        return trailing < 0
            ? throw call.Malformed($"shape {b.Shape} does not fit {a.Shape} from the given axis")
            : b.Reshape(new Shape([.. b.Shape.Dimensions, .. Enumerable.Repeat(1L, trailing)]));
    }

    /// <summary>The element type of both tensors.</summary>
    public static DataType RequireSameType(KernelCall call, Tensor a, Tensor b) =>
        a.Element == b.Element ? a.Element : throw call.Malformed($"operands of {a.Element} and {b.Element} do not mix");

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

    private static Tensor Loop<TOperation, T>(Tensor a, Tensor b)
        where TOperation : IOperation
        where T : INumber<T>
    {
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return Tensor.Of(shape, Zip<T, T>(a, b, shape, TOperation.Apply));
    }

    private static Tensor Fold<TOperation>(KernelCall call)
        where TOperation : IOperation
        => call.AllInputs().Aggregate((sum, next) => Apply<TOperation>(call, sum, next));

    private static Tensor Mean(KernelCall call)
    {
        Tensor sum = Fold<Plus>(call);
        return Apply<Divide>(call, sum, Numbers.FromDoubles([call.InputCount], sum.Element, Shape.Scalar));
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
            return value switch { 1 => 1, -1 => exponent % 2 == 0 ? 1 : -1, 0 => throw new DivideByZeroException("0 to a negative power."), _ => 0 };
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
        bool left = call.Text("direction", string.Empty) switch
        {
            "LEFT" => true,
            "RIGHT" => false,
            string other => throw call.Malformed($"direction '{other}' is neither LEFT nor RIGHT"),
        };
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        RequireSameType(call, a, b);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        ulong[] shifted = Zip<long, ulong>(
            Numbers.Convert(a, DataType.Int64), Numbers.Convert(b, DataType.Int64), shape, (v, n) => n is < 0 or > 63 ? 0UL : left ? (ulong)v << (int)n : (ulong)v >> (int)n);
        return Numbers.FromLongs(Numbers.Map(shifted, static v => unchecked((long)v)), a.Element, shape);
    }

    private static Tensor Bits(KernelCall call, Func<long, long, long> function)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        if (!Numbers.IsInteger(RequireSameType(call, a, b)))
        {
            throw call.Malformed("bits need integers");
        }

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
            => a / b;
    }

    /// <summary>C's remainder: the sign of the dividend.</summary>
    internal readonly struct TruncatedRemainder : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
            => a % b;
    }

    /// <summary>Python's remainder: the sign of the divisor.</summary>
    internal readonly struct FlooredRemainder : IOperation
    {
        public static T Apply<T>(T a, T b)
            where T : INumber<T>
        {
            T rest = a % b;
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
