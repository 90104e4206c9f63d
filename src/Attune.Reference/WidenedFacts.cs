using Attune.Kernels;

namespace Attune.Reference;

/// <summary>Facts as a kernel sees them around which 16-bit floats are widened.</summary>
internal sealed class WidenedFacts(Node node, IReadOnlyList<TensorType?> types, IReadOnlyList<Tensor?> values)
    : NodeFacts(
        node,
        [.. types.Select(static type => type is { Element: DataType.Float16 or DataType.BFloat16 } ? type with { Element = DataType.Float32 } : type)],
        values)
{
    public override Tensor? Known(int input) =>
        base.Known(input) is { Element: DataType.Float16 or DataType.BFloat16 } narrow ? Numbers.Convert(narrow, DataType.Float32) : base.Known(input);
}
