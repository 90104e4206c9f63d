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

    /// <summary>What a fused pair does to the first operator's sums; null for a single operator.</summary>
    public Epilogue? Inner { get; init; }
}
