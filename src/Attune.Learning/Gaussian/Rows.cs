using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Learning.Gaussian;

/// <summary>The three loops that all dense algebra here is made of, over contiguous rows of row-major matrices.</summary>
internal static class Rows
{
    /// <summary>Sum of products.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> va = MemoryMarshal.Cast<double, Vector<double>>(a);
        ReadOnlySpan<Vector<double>> vb = MemoryMarshal.Cast<double, Vector<double>>(b)[..va.Length];

        // Two sums hide half of the latency of an addition.
        Vector<double> even = Vector<double>.Zero;
        Vector<double> odd = Vector<double>.Zero;
        int i = 0;
        for (; i + 1 < va.Length; i += 2)
        {
            even += va[i] * vb[i];
            odd += va[i + 1] * vb[i + 1];
        }

        if (i < va.Length)
        {
            even += va[i] * vb[i];
        }

        double sum = Vector.Sum(even + odd);
        for (int j = va.Length * Vector<double>.Count; j < a.Length; j++)
        {
            sum += a[j] * b[j];
        }

        return sum;
    }

    /// <summary>target += factor * source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        Span<Vector<double>> vt = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> vs = MemoryMarshal.Cast<double, Vector<double>>(source)[..vt.Length];
        var broadcast = new Vector<double>(factor);
        for (int i = 0; i < vt.Length; i++)
        {
            vt[i] += broadcast * vs[i];
        }

        for (int j = vt.Length * Vector<double>.Count; j < target.Length; j++)
        {
            target[j] += factor * source[j];
        }
    }

    /// <summary>target += source * source, element by element, times a factor.</summary>
    public static void AddSquares(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        Span<Vector<double>> vt = MemoryMarshal.Cast<double, Vector<double>>(target);
        ReadOnlySpan<Vector<double>> vs = MemoryMarshal.Cast<double, Vector<double>>(source)[..vt.Length];
        var broadcast = new Vector<double>(factor);
        for (int i = 0; i < vt.Length; i++)
        {
            vt[i] += broadcast * vs[i] * vs[i];
        }

        for (int j = vt.Length * Vector<double>.Count; j < target.Length; j++)
        {
            target[j] += factor * source[j] * source[j];
        }
    }

    /// <summary>values *= factor.</summary>
    public static void Scale(Span<double> values, double factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }

    /// <summary>Sum of the values.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
