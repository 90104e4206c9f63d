using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>Vector functions that the framework has for float and double apart.</summary>
internal static class VectorFunctions
{
    /// <summary>a b + c, rounded once.</summary>
    public static Vector<T> MultiplyAdd<T>(Vector<T> a, Vector<T> b, Vector<T> c) =>
        typeof(T) == typeof(float)
            ? Vector.As<float, T>(Vector.FusedMultiplyAdd(Vector.AsVectorSingle(a), Vector.AsVectorSingle(b), Vector.AsVectorSingle(c)))
            : Vector.As<double, T>(Vector.FusedMultiplyAdd(Vector.AsVectorDouble(a), Vector.AsVectorDouble(b), Vector.AsVectorDouble(c)));

    /// <summary>e to each element.</summary>
    public static Vector<T> Exp<T>(Vector<T> x) =>
        typeof(T) == typeof(float) ? Vector.As<float, T>(Vector.Exp(Vector.AsVectorSingle(x))) : Vector.As<double, T>(Vector.Exp(Vector.AsVectorDouble(x)));
}
