using Attune.Kernels;

namespace Attune.Passes.Expansion;

/// <summary>
/// Operators that expansions write often, in the form that the operator set wants: lists that are attributes in older sets are inputs in newer ones.
/// </summary>
internal static class OperatorForms
{
    private const int SliceSince = 10;
    private const int SqueezeSince = 13;
    private const int ReduceSince = 18;

    /// <summary>The value with axes of extent one put in.</summary>
    public static string Unsqueeze(this ExpansionScope scope, string value, params ReadOnlySpan<long> axes) =>
        scope.WithIntegers("Unsqueeze", value, "axes", axes, SqueezeSince);

    /// <summary>The value without axes of extent one.</summary>
    public static string Squeeze(this ExpansionScope scope, string value, params ReadOnlySpan<long> axes) =>
        scope.WithIntegers("Squeeze", value, "axes", axes, SqueezeSince);

    /// <summary>The value in another shape.</summary>
    public static string Reshape(this ExpansionScope scope, string value, params ReadOnlySpan<long> extents) =>
        scope.Add("Reshape", [value, scope.Integers("shape", extents)]);

    /// <summary>A reduction over some axes, which stay with extent one.</summary>
    /// <param name="scope">Where to write.</param>
    /// <param name="operation">One of ONNX's reductions, for example ReduceMean.</param>
    /// <param name="value">What is reduced.</param>
    /// <param name="axes">The axes, at least one.</param>
    public static string Reduce(this ExpansionScope scope, string operation, string value, params ReadOnlySpan<long> axes) =>
        scope.WithIntegers(operation, value, "axes", axes, operation == "ReduceSum" ? SqueezeSince : ReduceSince, ("keepdims", 1L));

    /// <summary>A part of a value along some axes.</summary>
    public static string Slice(this ExpansionScope scope, string value, long[] starts, long[] ends, long[] axes) => scope.Opset < SliceSince
        ? scope.Add("Slice", [value], ("starts", starts), ("ends", ends), ("axes", axes))
        : scope.Add("Slice", [value, scope.Integers("starts", starts), scope.Integers("ends", ends), scope.Integers("axes", axes)]);

    /// <summary>The value in another element type; itself when it has that type.</summary>
    public static string Cast(this ExpansionScope scope, string value, DataType from, DataType to) =>
        from == to ? value : scope.Add("Cast", [value], ("to", (long)to));

    private static string WithIntegers(
        this ExpansionScope scope, string operation, string value, string name, ReadOnlySpan<long> list, int since,
        params ReadOnlySpan<(string Name, object Value)> attributes) => scope.Opset < since
            ? scope.Add(operation, [value], [.. attributes, (name, list.ToArray())])
            : scope.Add(operation, [value, scope.Integers(name, list)], attributes);
}
