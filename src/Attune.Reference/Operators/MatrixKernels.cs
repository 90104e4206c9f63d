using System.Numerics;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Products of matrices, in floating point, in integers and quantised.</summary>
internal static partial class MatrixKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("MatMul", GuardProduct, static call => Multiply(call, call.Input(0), call.Input(1)));
        table.Add("Gemm", GuardGemm, Gemm);
        table.Add("MatMulInteger", GuardIntegers, MultiplyIntegers);
        table.Add("QLinearMatMul", GuardQuantised, MultiplyQuantised);
    }

    /// <summary>NumPy's matmul: vectors are promoted, leading axes broadcast.</summary>
    public static Tensor Multiply(KernelCall call, Tensor a, Tensor b)
    {
        return a.Element switch
        {
            DataType.Float32 => Numbers.FromDoubles(Batched(call, Numbers.ToDoubles(a), a.Shape, b, out Shape shape), DataType.Float32, shape),
            DataType.Float64 => Numbers.FromDoubles(Batched(call, Numbers.ToDoubles(a), a.Shape, b, out Shape shape), DataType.Float64, shape),
            DataType.Int32 => BatchedIntegers<int>(call, a, b),
            DataType.Int64 => BatchedIntegers<long>(call, a, b),
            DataType.UInt32 => BatchedIntegers<uint>(call, a, b),
            DataType.UInt64 => BatchedIntegers<ulong>(call, a, b),
            DataType other => throw new ArgumentException($"Matrices of {other} do not multiply.", nameof(a)),
        };
    }

    private static double[] Batched(KernelCall call, double[] a, Shape aShape, Tensor b, out Shape shape)
    {
        Plan plan = Plan.Of(call, aShape, b.Shape);
        int[] fromA = plan.FromA();
        int[] fromB = plan.FromB();
        var c = new double[checked(fromA.Length * plan.M * plan.N)];
        for (int batch = 0; batch < fromA.Length; batch++)
        {
            int origin = fromB[batch];
            MatrixProduct.ColumnSource columns = b.Element == DataType.Float32
                ? MatrixProduct.Strided(b.Elements<float>(), origin, plan.N, 1, plan.K)
                : MatrixProduct.Strided(Numbers.ToDoubles(b), origin, plan.N, 1, plan.K);
            MatrixProduct.Accumulate(
                plan.M, plan.N, plan.K, a.AsSpan(fromA[batch], plan.M * plan.K), columns, c.AsSpan(batch * plan.M * plan.N, plan.M * plan.N));
        }

        shape = plan.Result;
        return c;
    }

    private static Tensor BatchedIntegers<T>(KernelCall call, Tensor a, Tensor b)
        where T : INumber<T>
    {
        Plan plan = Plan.Of(call, a.Shape, b.Shape);
        T[] left = a.Elements<T>();
        T[] right = b.Elements<T>();
        int[] fromA = plan.FromA();
        int[] fromB = plan.FromB();
        var c = new T[checked(fromA.Length * plan.M * plan.N)];
        for (int i = 0; i < c.Length; i++)
        {
            int column = i % plan.N;
            int row = i / plan.N % plan.M;
            int batch = i / plan.N / plan.M;
            T sum = T.Zero;
            for (int k = 0; k < plan.K; k++)
            {
                sum = unchecked(sum + (left[fromA[batch] + (row * plan.K) + k] * right[fromB[batch] + (k * plan.N) + column]));
            }

            c[i] = sum;
        }

        return Tensor.Of(plan.Result, c);
    }

    private static Tensor Gemm(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        bool turned = call.Flag("transB");
        Tensor left = call.Flag("transA") ? Indexing.Transpose(a, [1, 0]) : a;
        int m = left.Shape[0];
        int k = left.Shape[1];
        int n = b.Shape[turned ? 0 : 1];
        var c = new double[checked(m * n)];
        MatrixProduct.ColumnSource columns = b.Element == DataType.Float32
            ? MatrixProduct.Strided(b.Elements<float>(), 0, turned ? 1 : n, turned ? k : 1, k)
            : MatrixProduct.Strided(Numbers.ToDoubles(b), 0, turned ? 1 : n, turned ? k : 1, k);
        MatrixProduct.Accumulate(m, n, k, Numbers.ToDoubles(left), columns, c);
        var shape = Shape.Of(m, n);
        double alpha = call.Float("alpha", 1);
        double beta = call.Float("beta", 1);
        double[]? bias = call.Optional(2) is Tensor added ? Numbers.ToDoubles(Indexing.Expand(added, shape)) : null;
        for (int i = 0; i < c.Length; i++)
        {
            c[i] = (alpha * c[i]) + (bias is null ? 0 : beta * bias[i]);
        }

        return Numbers.FromDoubles(c, a.Element, shape);
    }

    private static Tensor MultiplyIntegers(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(1);
        double[] left = Quantisation.Centred(a, call.Optional(2), a.Shape.Rank - 2);
        double[] right = Quantisation.Centred(b, call.Optional(3), b.Shape.Rank - 1);
        double[] c = Batched(call, left, a.Shape, Tensor.Of(b.Shape, right), out Shape shape);
        return Numbers.FromDoubles(c, DataType.Int32, shape);
    }

    private static Tensor MultiplyQuantised(KernelCall call)
    {
        Tensor a = call.Input(0);
        Tensor b = call.Input(3);
        double[] left = Quantisation.Dequantise(a, call.Input(1), call.Input(2), a.Shape.Rank - 2);
        double[] right = Quantisation.Dequantise(b, call.Input(4), call.Input(5), b.Shape.Rank - 1);
        double[] c = Batched(call, left, a.Shape, Tensor.Of(b.Shape, right), out Shape shape);
        return Quantisation.Quantise(c, shape, call.Input(6), call.Input(7), shape.Rank - 2);
    }

    /// <summary>Sizes of a batched product and where each batch starts.</summary>
    private sealed record Plan(int M, int N, int K, Shape BatchOfA, Shape BatchOfB, Shape Batch, Shape Result)
    {
        /// <summary>Where every matrix of the left operand begins.</summary>
        public int[] FromA() => Starts(BatchOfA, checked(M * K));

        /// <summary>Where every matrix of the right operand begins.</summary>
        public int[] FromB() => Starts(BatchOfB, checked(K * N));

        public static Plan Of(NodeFacts node, Shape a, Shape b)
        {
            if (a.Rank == 0 || b.Rank == 0)
            {
                throw node.Malformed("scalars do not multiply as matrices");
            }

            Shape left = a.Rank == 1 ? Shape.Of(1, a.Dimensions[0]) : a;
            Shape right = b.Rank == 1 ? Shape.Of(b.Dimensions[0], 1) : b;
            if (left.Dimensions[^1] != right.Dimensions[^2])
            {
                throw node.Malformed($"shapes {a} and {b} do not multiply");
            }

            var aBatch = new Shape(left.Dimensions[..^2]);
            var bBatch = new Shape(right.Dimensions[..^2]);
            Shape batch = Indexing.Join(aBatch, bBatch) ?? throw node.Malformed($"the leading extents of {a} and {b} do not broadcast");
            return new Plan(
                checked((int)left.Dimensions[^2]),
                checked((int)right.Dimensions[^1]),
                checked((int)left.Dimensions[^1]),
                aBatch,
                bBatch,
                batch,
                new Shape([.. batch.Dimensions, .. a.Rank == 1 ? [] : left.Dimensions[^2..^1], .. b.Rank == 1 ? [] : right.Dimensions[^1..]]));
        }

        private int[] Starts(Shape own, int size)
        {
            int[] which = Indexing.BroadcastMap(own, Batch) ?? [.. Enumerable.Range(0, checked((int)Batch.Count))];
            return Numbers.Map(which, i => i * size);
        }
    }
}
