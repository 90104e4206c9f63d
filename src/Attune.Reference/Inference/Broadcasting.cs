using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Multidirectional broadcasting: axes are aligned at the end, an extent of one stretches.</summary>
internal static class Broadcasting
{
    /// <summary>The common shape of two, or null when they do not fit.</summary>
    public static Shape? Join(Shape left, Shape right)
    {
        var extents = new long[Math.Max(left.Rank, right.Rank)];
        for (int i = 1; i <= extents.Length; i++)
        {
            long a = i <= left.Rank ? left.Dimensions[^i] : 1;
            long b = i <= right.Rank ? right.Dimensions[^i] : 1;
            if (a != b && a != 1 && b != 1)
            {
                return null;
            }

            extents[^i] = a == 1 ? b : a;
        }

        return Shape.Of(extents);
    }

    /// <summary>The common shape of all present inputs from one on.</summary>
    public static Shape All(InferenceContext context, int first = 0)
    {
        Shape shape = Shape.Scalar;
        for (int i = first; i < context.InputCount; i++)
        {
            if (context.Has(i))
            {
                shape = Join(shape, context.Shape(i)) ?? throw context.Fail($"The shapes {shape} and {context.Shape(i)} cannot be broadcast together.");
            }
        }

        return shape;
    }
}
