using System.Numerics;
using Attune.Kernels;

namespace Attune.Reference.Operators;

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
        table.Add("Equal", GuardEqual, Equal);
        table.Add("Greater", BinaryKernels.Numeric, static call => Compare<Above>(call));
        table.Add("GreaterOrEqual", BinaryKernels.Numeric, static call => Compare<AtLeast>(call));
        table.Add("Less", BinaryKernels.Numeric, static call => Compare<Below>(call));
        table.Add("LessOrEqual", BinaryKernels.Numeric, static call => Compare<AtMost>(call));
        table.Add("And", GuardLogic, static call => Logic(call, static (a, b) => a && b));
        table.Add("Or", GuardLogic, static call => Logic(call, static (a, b) => a || b));
        table.Add("Xor", GuardLogic, static call => Logic(call, static (a, b) => a != b));
        table.AddExact("Where", GuardWhere, Where);
    }

    private static void GuardEqual(NodeFacts node)
    {
        Guards.Same(node, 0, 1);
        BinaryKernels.GuardShapes(node);
    }

    private static void GuardLogic(NodeFacts node)
    {
        Guards.Truth(node, 0);
        Guards.Truth(node, 1);
        BinaryKernels.GuardShapes(node);
    }

    private static void GuardWhere(NodeFacts node)
    {
        Guards.Truth(node, 0);
        Guards.Same(node, 1, 2);
        Guards.Broadcast(node, 0, 1, 2);
    }

    private static Tensor Equal(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = BinaryKernels.Aligned(call);
        Shape shape = Indexing.Broadcast(a.Shape, b.Shape);
        return a.Element switch
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
        return Tensor.Of(shape, a.Element switch
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
            DataType other => throw new ArgumentException($"Elements of {other} are not ordered.", nameof(call)),
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
        Shape shape = Indexing.Broadcast(condition.Shape, Indexing.Broadcast(x.Shape, y.Shape));
        bool[] choose = Indexing.Expand(condition, shape).Elements<bool>();
        Tensor whole = Indexing.Expand(x, shape);
        Tensor other = Indexing.Expand(y, shape);
        // Both sides laid end to end, each element picked from one half or the other.
        Array sides = Tensor.NewElements(x.Element, 2L * choose.Length);
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
