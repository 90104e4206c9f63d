namespace Attune.Graph.Conformance;

/// <summary>What came of one conformance test on one path.</summary>
/// <param name="Test">Name of the test.</param>
/// <param name="Path">Name of the executor that computed it.</param>
/// <param name="Status">Outcome.</param>
/// <param name="Operator">The operator or feature that is missing, when unsupported; otherwise empty.</param>
/// <param name="Reason">Why the test did not pass, or what the model was rightly refused for; otherwise empty.</param>
/// <param name="MaxError">Largest absolute difference of an element of an output, 0 without numbers; infinite when shapes or types differ.</param>
public sealed record ConformanceVerdict(string Test, string Path, ConformanceStatus Status, string Operator, string Reason, double MaxError)
{
    /// <summary>How many steps ran as generated kernels or copies instead of calls of reference kernels.</summary>
    public int Kernels { get; init; }

    /// <summary>A test that failed for a reason other than its numbers.</summary>
    public static ConformanceVerdict Failed(string test, string path, string reason) => new(test, path, ConformanceStatus.Failed, string.Empty, reason, 0);

    /// <summary>One line for a list.</summary>
    public override string ToString() => Status switch
    {
        ConformanceStatus.Passed => $"passed {Test} ({Path})",
        ConformanceStatus.Unsupported => $"unsupported {Test} ({Path}): {Operator}: {Reason}",
        _ => $"failed {Test} ({Path}): {Reason}",
    };
}
