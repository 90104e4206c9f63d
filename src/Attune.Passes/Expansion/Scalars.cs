using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Constants that expansions need.</summary>
internal static class Scalars
{
    /// <summary>One number without axes.</summary>
    public static Tensor Of(double value, DataType element) => Numbers.FromDoubles([value], element, Shape.Scalar);

    /// <summary>A list of numbers of an element type.</summary>
    public static Tensor List(IEnumerable<float> values, DataType element, params ReadOnlySpan<long> extents) =>
        Numbers.FromDoubles([.. values.Select(static value => (double)value)], element, Shape.Of(extents));
}
