namespace Attune.Kernels.Templates.Quantized;

/// <summary>How bytes stand for numbers (ONNX, DequantizeLinear): number = (byte - zero) * scale.</summary>
/// <param name="Scale">Distance of two neighbouring numbers, above 0 and finite.</param>
/// <param name="Zero">The byte that stands for 0, 0 to 255.</param>
internal readonly record struct QuantizationScale(float Scale, byte Zero)
{
    /// <summary>Bytes that are numbers as they are.</summary>
    public static QuantizationScale Unit { get; } = new(1, 0);
}
