using Attune.Kernels;

namespace Attune.Compile.Quantisation.Samples;

/// <summary>Cuts arrays of several samples apart. Stateless.</summary>
internal static class SampleSlices
{
    /// <summary>
    /// The samples of an array: itself where it is of the input's type; those along an axis before the input's own; or, as arrays of one batch are kept, those
    /// along the input's first axis, whole batches of it.
    /// </summary>
    /// <param name="array">The array.</param>
    /// <param name="input">Type of one sample.</param>
    /// <returns>At least one sample; null where the array does not fit.</returns>
    public static Tensor[]? Of(Tensor array, TensorType input)
    {
        if (array.Type == input)
        {
            return [array];
        }

        long[] outer = [.. array.Shape.Dimensions];
        long[] inner = [.. input.Shape.Dimensions];
        bool stacked = outer.Length == inner.Length + 1 && outer.AsSpan(1).SequenceEqual(inner);
        bool batched = outer.Length == inner.Length && inner.Length > 1 && outer.AsSpan(1).SequenceEqual(inner.AsSpan(1)) && outer[0] % inner[0] == 0;
        if (array.Element != input.Element || array.Count == 0 || !(stacked || batched))
        {
            return null;
        }

        int size = checked((int)input.Shape.Count);
        Array elements = array.Data;
        return
        [
            .. Enumerable.Range(0, array.Count / size).Select(i =>
            {
                var part = Tensor.Zeros(input.Element, input.Shape);
                Array.Copy(elements, (long)i * size, part.Data, 0, size);
                return part;
            }),
        ];
    }
}
