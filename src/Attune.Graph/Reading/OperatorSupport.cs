using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Graph.Reading;

/// <summary>Which operators can be run: those whose types can be inferred and that have a kernel, and control flow.</summary>
public static class OperatorSupport
{
    /// <summary>True when the operator of that operator-set version is supported.</summary>
    /// <param name="name">Operator, with domain and dot in front unless of ONNX's default domain.</param>
    /// <param name="opset">Version of the operator set.</param>
    public static bool Supports(string name, int opset) => IsControlFlow(name) || InferenceTable.Knows(name) && ReferenceKernels.Default.Supports(name, opset);

    /// <summary>True for operators whose attributes hold networks.</summary>
    private static bool IsControlFlow(string name) => name is "If" or "Loop" or "Scan";
}
