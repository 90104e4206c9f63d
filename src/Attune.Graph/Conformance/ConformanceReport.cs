using System.Collections.Immutable;

namespace Attune.Graph.Conformance;

/// <summary>Verdicts of a run over a folder of tests, in the order of the tests and, for one test, of the paths.</summary>
/// <param name="Verdicts">One verdict for each test and path.</param>
public sealed record ConformanceReport(ImmutableArray<ConformanceVerdict> Verdicts)
{
    /// <summary>Number of verdicts that passed.</summary>
    public int Passed => Count(ConformanceStatus.Passed);

    /// <summary>Number of verdicts that failed.</summary>
    public int Failed => Count(ConformanceStatus.Failed);

    /// <summary>Number of verdicts that need something unsupported.</summary>
    public int Unsupported => Count(ConformanceStatus.Unsupported);

    /// <summary>Number of passed verdicts in which at least one generated kernel ran.</summary>
    public int WithKernels => Verdicts.Count(verdict => verdict is { Status: ConformanceStatus.Passed, Kernels: > 0 });

    /// <summary>How many tests each missing operator or feature keeps from running, most first.</summary>
    public ImmutableArray<(string Operator, int Tests)> UnsupportedOperators =>
    [
        .. Verdicts.Where(verdict => verdict.Status == ConformanceStatus.Unsupported)
            .GroupBy(verdict => verdict.Operator, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Select(verdict => verdict.Test).Distinct(StringComparer.Ordinal).Count()))
            .OrderByDescending(entry => entry.Item2).ThenBy(entry => entry.Key, StringComparer.Ordinal),
    ];

    /// <summary>The verdicts path by path.</summary>
    public ImmutableArray<(string Path, ConformanceReport Report)> Paths =>
        [.. Verdicts.GroupBy(verdict => verdict.Path, StringComparer.Ordinal).Select(group => (group.Key, new ConformanceReport([.. group])))];

    private int Count(ConformanceStatus status) => Verdicts.Count(verdict => verdict.Status == status);
}
