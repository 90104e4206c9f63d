namespace Attune.Graph.Conformance;

/// <summary>How a path wants models to be read.</summary>
public enum ConformanceReading
{
    /// <summary>As the file has them; shapes may be unknown.</summary>
    Loose,

    /// <summary>With every shape known, those of the data where the model leaves them open; the default passes run.</summary>
    Strict,

    /// <summary>
    /// As <see cref="Strict"/>, with the data of every input but the first as constants. ONNX's tests of single operators pass weights, axes and sizes as
    /// inputs; in models they are constants, which kernels are made for.
    /// </summary>
    ConstantOperands,
}
