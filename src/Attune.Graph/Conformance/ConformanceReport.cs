using System.Collections.Immutable;

namespace Attune.Graph.Conformance;

/// <summary>Verdicts of a run over a folder of tests, sorted by the tests' names.</summary>
/// <param name="Verdicts">One verdict for each test.</param>
public sealed record ConformanceReport(ImmutableArray<ConformanceVerdict> Verdicts)
{
    /// <summary>Number of tests that passed.</summary>
    public int Passed => Count(ConformanceStatus.Passed);

    /// <summary>Number of tests that failed.</summary>
    public int Failed => Count(ConformanceStatus.Failed);

    /// <summary>Number of tests that need something unsupported.</summary>
    public int Unsupported => Count(ConformanceStatus.Unsupported);

    /// <summary>How many tests each missing operator or feature keeps from running, most first.</summary>
    public ImmutableArray<(string Operator, int Tests)> UnsupportedOperators =>
    [
        .. Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported)
            .GroupBy(verdict => verdict.Operator, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()))
            .OrderByDescending(entry => entry.Item2).ThenBy(entry => entry.Key, StringComparer.Ordinal),
    ];

    private int Count(ConformanceStatus status) => Verdicts.Count(verdict => verdict.Status == status);
}
