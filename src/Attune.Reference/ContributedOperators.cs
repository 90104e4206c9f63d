namespace Attune.Reference;

/// <summary>
/// Operators of ONNX Runtime's own domain that quantising exporters write. A value x with scale s and zero point z stands for (x - z) s. What is optional may
/// be an empty name; a zero point that is left out is 0 of the type of the operator's first data.
/// </summary>
internal static class ContributedOperators
{
    /// <summary>The domain and its dot.</summary>
    public const string Domain = "com.microsoft.";

    /// <summary>As ONNX's QuantizeLinear.</summary>
    public const string Quantise = Domain + "QuantizeLinear";

    /// <summary>As ONNX's DequantizeLinear.</summary>
    public const string Dequantise = Domain + "DequantizeLinear";

    /// <summary>
    /// Sum of two values that broadcast. Inputs: a, scale, zero point (optional), b, scale, zero point (optional), scale and zero point (optional) of the
    /// result.
    /// </summary>
    public const string Add = Domain + "QLinearAdd";

    /// <summary>Product of two values; inputs as those of <see cref="Add"/>.</summary>
    public const string Multiply = Domain + "QLinearMul";

    /// <summary>LeakyRelu. Inputs: x, scale, zero point (optional), scale and zero point (optional) of the result.</summary>
    public const string LeakyRelu = Domain + "QLinearLeakyRelu";

    /// <summary>Sigmoid; inputs as those of <see cref="LeakyRelu"/>.</summary>
    public const string Sigmoid = Domain + "QLinearSigmoid";

    /// <summary>Softmax, with the operator set whose rules for the axis apply in the attribute opset; inputs as those of <see cref="LeakyRelu"/>.</summary>
    public const string Softmax = Domain + "QLinearSoftmax";

    /// <summary>AveragePool; inputs as those of <see cref="LeakyRelu"/>. The attribute channels_last must be 0 here.</summary>
    public const string AveragePool = Domain + "QLinearAveragePool";

    /// <summary>GlobalAveragePool; as <see cref="AveragePool"/>.</summary>
    public const string GlobalAveragePool = Domain + "QLinearGlobalAveragePool";

    /// <summary>Concat. Inputs: scale and zero point of the result, then data, scale and zero point of every part.</summary>
    public const string Concat = Domain + "QLinearConcat";

    /// <summary>
    /// alpha a b + c. Inputs: a, scale, zero point, b, scale, zero point (both one number, or one for each column), c (optional: 32-bit integers in units of
    /// alpha and both scales), scale and zero point of the result (both or none; with none the result is of floats).
    /// </summary>
    public const string Gemm = Domain + "QGemm";

    /// <summary>
    /// a w^T + bias with weights of 2, 4 or 8 bits in blocks along their rows. Inputs: a, weights, scales, zero points (optional), an order of groups
    /// (optional; not supported), bias (optional). Attributes: K and N, the extents of a row of a and of the result; bits; block_size.
    /// </summary>
    public const string MatMulBits = Domain + "MatMulNBits";

    /// <summary>The operator of ONNX that works on real numbers as one of these does on quantised ones; null for others.</summary>
    public static string? PlainFormOf(string name) => name switch
    {
        Add => "Add",
        Multiply => "Mul",
        LeakyRelu => "LeakyRelu",
        Sigmoid => "Sigmoid",
        Softmax => "Softmax",
        AveragePool => "AveragePool",
        GlobalAveragePool => "GlobalAveragePool",
        Concat => "Concat",
        Gemm => "Gemm",
        _ => null,
    };

    /// <summary>Operator set in which the plain form is to be read.</summary>
    public static int PlainOpset(string name, Kernels.Attributes attributes) =>
        name == Softmax ? (int)Math.Clamp(attributes.Int("opset", 13), 1, 21) : 13;

    /// <summary>Attributes of the plain form.</summary>
    public static Kernels.Attributes PlainAttributes(Kernels.Attributes attributes) => attributes.Without("channels_last").Without("opset");

    /// <summary>Least and most inputs; null for operators that are none of these.</summary>
    public static (int Min, int Max)? Arity(string name) => name switch
    {
        Quantise or Dequantise => (2, 3),
        Add or Multiply => (7, 8),
        LeakyRelu or Sigmoid or Softmax or AveragePool or GlobalAveragePool => (4, 5),
        Concat => (5, int.MaxValue),
        Gemm => (6, 9),
        MatMulBits => (3, 6),
        _ => null,
    };

    /// <summary>Whether an input may be an empty name although later ones are given.</summary>
    public static bool MayLack(string name, int input) => name switch
    {
        Add or Multiply => input is 2 or 5,
        LeakyRelu or Sigmoid or Softmax or AveragePool or GlobalAveragePool => input == 2,
        _ => false,
    };
}
