namespace Attune.Kernels;

/// <summary>Element type and static shape of a value.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Shape">Static shape.</param>
public sealed record TensorType(DataType Element, Shape Shape)
{
    /// <summary>For example Float32[1x3x224x224]; a sentence where only a run tells.</summary>
    public override string ToString() => Element == DataType.Undefined ? "(of a type known when it runs)" : $"{Element}[{Shape}]";
}
