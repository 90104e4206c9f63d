namespace Attune.Graph.Conformance;

/// <summary>Outcome of one conformance test.</summary>
public enum ConformanceStatus
{
    /// <summary>All outputs agree with the expected ones.</summary>
    Passed,

    /// <summary>An output disagrees, or the test itself is malformed.</summary>
    Failed,

    /// <summary>The model uses something that the reference kernels do not implement.</summary>
    Unsupported,
}
