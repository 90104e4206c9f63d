using Attune.Kernels.Templates.Quantized;

namespace Attune.Kernels.Templates;

/// <summary>Where a kernel's activations lie and what it does to its sums: the part of a kernel that is not searched.</summary>
/// <param name="Input">Input view; it must have room for the padding of the workload around the image.</param>
/// <param name="Residual">Residual view; ignored without residual.</param>
/// <param name="Output">Output view.</param>
/// <param name="Epilogue">What happens before the store.</param>
internal sealed record KernelSignature(ActivationView Input, ActivationView Residual, ActivationView Output, Epilogue Epilogue)
{
    /// <summary>For kernels whose operands are dense.</summary>
    public static KernelSignature Dense { get; } = new(default, default, default, Epilogue.None);

    /// <summary>How bytes of the input stand for numbers; null for floats. Layers with weights have scales in a table instead.</summary>
    public QuantizationScale? InputScale { get; init; }

    /// <summary>How bytes of the residual, or of the second operand, stand for numbers; null for floats.</summary>
    public QuantizationScale? ResidualScale { get; init; }

    /// <summary>How bytes of the output stand for numbers; null for floats.</summary>
    public QuantizationScale? OutputScale { get; init; }

    /// <summary>Elements of the input where they have no scale: floats of 32 bits, or brain floats. Layers with weights have them in their workload.</summary>
    public DataType InputElement { get; init; } = DataType.Float32;

    /// <summary>Elements of the residual, or of the second operand: floats of 32 bits, brain floats; of layers of bytes, unsigned bytes.</summary>
    public DataType ResidualElement { get; init; } = DataType.Float32;

    /// <summary>Elements of the output where they have no scale: floats of 32 bits, or brain floats. Layers with weights have them in their workload.</summary>
    public DataType OutputElement { get; init; } = DataType.Float32;

    /// <summary>What a fused pair does to the first operator's sums; null for a single operator.</summary>
    public Epilogue? Inner { get; init; }
}
