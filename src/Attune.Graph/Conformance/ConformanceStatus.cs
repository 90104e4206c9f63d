namespace Attune.Graph.Conformance;

/// <summary>Outcome of one conformance test.</summary>
public enum ConformanceStatus
{
    /// <summary>All outputs agree with the expected ones, or the model was refused where it must be.</summary>
    Passed,

    /// <summary>An output disagrees, or the test itself is malformed.</summary>
    Failed,

    /// <summary>The model uses something that this path does not implement.</summary>
    Unsupported,
}
