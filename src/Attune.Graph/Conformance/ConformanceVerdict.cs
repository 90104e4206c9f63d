namespace Attune.Graph.Conformance;

/// <summary>What came of one conformance test.</summary>
/// <param name="Test">Name of the test's folder.</param>
/// <param name="Status">Outcome.</param>
/// <param name="Operator">The operator or feature that is missing, when unsupported; otherwise empty.</param>
/// <param name="Reason">Why the test did not pass; empty when it did.</param>
/// <param name="MaxError">Largest absolute difference of an element of an output, 0 without numbers; infinite when shapes or types differ.</param>
public sealed record ConformanceVerdict(string Test, ConformanceStatus Status, string Operator, string Reason, double MaxError)
{
    /// <summary>One line for a list.</summary>
    public override string ToString() => Status switch
    {
        ConformanceStatus.Passed => $"passed {Test}",
        ConformanceStatus.Unsupported => $"unsupported {Test}: {Operator}: {Reason}",
        _ => $"failed {Test}: {Reason}",
    };
}
