using Attune.Kernels;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>A value and how far each of its numbers may be off.</summary>
/// <param name="Value">The value.</param>
/// <param name="Scale">One standard deviation for each number, infinite where anything may be right; null for an exact value.</param>
internal sealed record ScaledTensor(Tensor Value, float[]? Scale)
{
    /// <summary>The scales as a tensor; zeros for an exact value.</summary>
    public Tensor Scales => Scale is null ? Tensor.Zeros(DataType.Float32, Value.Shape) : Tensor.Of(Value.Shape, Scale);

    /// <summary>Numbers of a tensor of floats, or of integers that floats hold; null when it holds others.</summary>
    public static float[]? NumbersOf(Tensor tensor) => tensor.Data switch
    {
        float[] numbers => numbers,
        double[] numbers => Array.ConvertAll(numbers, number => (float)number),
        byte[] numbers => Array.ConvertAll(numbers, number => (float)number),
        sbyte[] numbers => Array.ConvertAll(numbers, number => (float)number),
        int[] numbers => Array.ConvertAll(numbers, number => (float)number),
        _ => null,
    };
}
