namespace Attune.Kernels;

/// <summary>ONNX's names of element types, for messages about those that no tensor here holds.</summary>
internal static class ElementTypeNames
{
    private static readonly string[] Names =
    [
        "none", "Float32", "UInt8", "Int8", "UInt16", "Int16", "Int32", "Int64", "String", "Bool", "Float16", "Float64", "UInt32", "UInt64", "Complex64",
        "Complex128",
        "BFloat16", "Float8E4M3FN", "Float8E4M3FNUZ", "Float8E5M2", "Float8E5M2FNUZ", "UInt4", "Int4", "Float4E2M1", "Float8E8M0", "UInt2", "Int2",
    ];

    /// <summary>Name and number, for example "Int4 (22)"; the number alone where ONNX has no such type.</summary>
    public static string Of(long number) => number >= 0 && number < Names.Length ? $"{Names[number]} ({number})" : $"{number}";
}
