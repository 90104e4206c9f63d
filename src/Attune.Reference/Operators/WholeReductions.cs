using System.Numerics;

namespace Attune.Reference.Operators;

/// <summary>Reductions of integers in 64 bits, of which the operator's element type keeps the low ones.</summary>
internal static class WholeReductions
{
    /// <summary>One value from many.</summary>
    internal interface IReduction
    {
        static abstract T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>;
    }

    internal readonly struct Sum : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T sum = T.Zero;
            foreach (T v in values)
            {
                sum = unchecked(sum + v);
            }

            return sum;
        }
    }

    internal readonly struct Mean : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
            => values.IsEmpty ? throw NothingToReduce() : Sum.Of(values) / T.CreateTruncating(values.Length);
    }

    internal readonly struct Maximum : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T best = values.IsEmpty ? throw NothingToReduce() : values[0];
            foreach (T v in values)
            {
                best = T.Max(best, v);
            }

            return best;
        }
    }

    internal readonly struct Minimum : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T best = values.IsEmpty ? throw NothingToReduce() : values[0];
            foreach (T v in values)
            {
                best = T.Min(best, v);
            }

            return best;
        }
    }

    internal readonly struct Product : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T product = T.One;
            foreach (T v in values)
            {
                product = unchecked(product * v);
            }

            return product;
        }
    }

    internal readonly struct Magnitudes : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T sum = T.Zero;
            foreach (T v in values)
            {
                sum = unchecked(T.IsNegative(v) ? sum - v : sum + v);
            }

            return sum;
        }
    }

    internal readonly struct Squares : IReduction
    {
        public static T Of<T>(ReadOnlySpan<T> values)
            where T : IBinaryInteger<T>
        {
            T sum = T.Zero;
            foreach (T v in values)
            {
                sum = unchecked(sum + (v * v));
            }

            return sum;
        }
    }

    private static ArgumentException NothingToReduce() => new("an empty list of integers has no mean and no extreme");
}
