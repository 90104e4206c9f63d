namespace Attune.Kernels;

/// <summary>A named input or output of a network.</summary>
/// <param name="Name">Value name.</param>
/// <param name="Type">Element type and static shape.</param>
public sealed record NetworkValue(string Name, TensorType Type);
