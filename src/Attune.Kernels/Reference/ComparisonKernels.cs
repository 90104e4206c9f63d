using System.Numerics;

namespace Attune.Kernels.Reference;

/// <summary>Comparisons, logic and selection, with broadcasting.</summary>
internal static class ComparisonKernels
{
    private interface IComparison
    {
        static abstract bool Holds<T>(T a, T b)
            where T : INumber<T>;
    }

    public static void Register(KernelTable table)
    {
        table.Add("Equal", Equal);
        table.Add("Greater", static call => Compare<Above>(call));
        table.Add("GreaterOrEqual", static call => Compare<AtLeast>(call));
        table.Add("Less", static call => Compare<Below>(call));
        table.Add("LessOrEqual", static call => Compare<AtMost>(call));
        table.Add("And", static call => Logic(call, static (a, b) => a && b));
        table.Add("Or", static call => Logic(call, static (a, b) => a || b));
        table.Add("Xor", static call => Logic(call, static (a, b) => a != b));
        table.AddExact("Where", Where);
    }

    private static Tensor Equal(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = BinaryKernels.Aligned(call);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return BinaryKernels.RequireSameType(call, a, b) switch
        {
            DataType.Bool => Tensor.Of(shape, BinaryKernels.Zip<bool, bool>(a, b, shape, static (x, y) => x == y)),
            DataType.String => Tensor.Of(shape, BinaryKernels.Zip<string, bool>(a, b, shape, string.Equals)),
            _ => Compare<Same>(call),
        };
    }

    private static Tensor Compare<TComparison>(KernelCall call)
        where TComparison : IComparison
    {
        Tensor a = call.Input(0);
        Tensor b = BinaryKernels.Aligned(call);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return Tensor.Of(shape, BinaryKernels.RequireSameType(call, a, b) switch
        {
            DataType.Float32 => BinaryKernels.Zip<float, bool>(a, b, shape, TComparison.Holds),
            DataType.Float64 => BinaryKernels.Zip<double, bool>(a, b, shape, TComparison.Holds),
            DataType.Int8 => BinaryKernels.Zip<sbyte, bool>(a, b, shape, TComparison.Holds),
            DataType.Int16 => BinaryKernels.Zip<short, bool>(a, b, shape, TComparison.Holds),
            DataType.Int32 => BinaryKernels.Zip<int, bool>(a, b, shape, TComparison.Holds),
            DataType.Int64 => BinaryKernels.Zip<long, bool>(a, b, shape, TComparison.Holds),
            DataType.UInt8 => BinaryKernels.Zip<byte, bool>(a, b, shape, TComparison.Holds),
            DataType.UInt16 => BinaryKernels.Zip<ushort, bool>(a, b, shape, TComparison.Holds),
            DataType.UInt32 => BinaryKernels.Zip<uint, bool>(a, b, shape, TComparison.Holds),
            DataType.UInt64 => BinaryKernels.Zip<ulong, bool>(a, b, shape, TComparison.Holds),
            DataType other => throw call.Unsupported($"elements of {other}"),
        });
    }

    private static Tensor Logic(KernelCall call, Func<bool, bool, bool> function)
    {
        Tensor a = call.Input(0);
        Tensor b = BinaryKernels.Aligned(call);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return Tensor.Of(shape, BinaryKernels.Zip(a, b, shape, function));
    }

    private static Tensor Where(KernelCall call)
    {
        Tensor condition = call.Input(0);
        Tensor x = call.Input(1);
        Tensor y = call.Input(2);
        BinaryKernels.RequireSameType(call, x, y);
        Shape shape = Indexing.Broadcast(condition.Shape, Indexing.Broadcast(x.Shape, y.Shape));
        bool[] choose = Indexing.Expand(condition, shape).Elements<bool>();
        Tensor whole = Indexing.Expand(x, shape);
        Tensor other = Indexing.Expand(y, shape);
        // Both sides laid end to end, each element picked from one half or the other.
        var sides = Array.CreateInstance(Tensor.ClrType(x.Element), 2 * choose.Length);
        Array.Copy(whole.Data, 0, sides, 0, choose.Length);
        Array.Copy(other.Data, 0, sides, choose.Length, choose.Length);
        int[] positions = [.. choose.Select((yes, index) => yes ? index : index + choose.Length)];
        return Indexing.Take(Tensor.Wrap(Shape.Of(sides.Length), sides), shape, positions);
    }

    private readonly struct Same : IComparison
    {
        public static bool Holds<T>(T a, T b)
            where T : INumber<T>
            => a == b;
    }

    private readonly struct Above : IComparison
    {
        public static bool Holds<T>(T a, T b)
            where T : INumber<T>
            => a > b;
    }

    private readonly struct AtLeast : IComparison
    {
        public static bool Holds<T>(T a, T b)
            where T : INumber<T>
            => a >= b;
    }

    private readonly struct Below : IComparison
    {
        public static bool Holds<T>(T a, T b)
            where T : INumber<T>
            => a < b;
    }

    private readonly struct AtMost : IComparison
    {
        public static bool Holds<T>(T a, T b)
            where T : INumber<T>
            => a <= b;
    }
}
