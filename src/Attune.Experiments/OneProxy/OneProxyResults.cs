using System.Collections.Immutable;

namespace Attune.Experiments.OneProxy;

/// <summary>All tables of the experiment.</summary>
/// <param name="Scale">How much of the full experiment this is.</param>
/// <param name="Tables">The tables, in the order of the report.</param>
/// <param name="DataWarnings">What is odd about the data.</param>
/// <param name="Resumed">Parts taken over from an earlier run.</param>
public sealed record OneProxyResults(string Scale, ImmutableArray<OneProxyTable> Tables, ImmutableArray<string> DataWarnings, int Resumed)
{
    /// <summary>All numbers worth quoting, by name.</summary>
    public ImmutableSortedDictionary<string, double> Figures => Tables.SelectMany(table => table.Figures).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The numbers that the project set itself, beside what came out; those that this run did not compute are left out.</summary>
    public ImmutableArray<OneProxyGoal> Goals =>
    [
        .. OneProxyGoal.All.Where(goal => Figures.ContainsKey(goal.Figure)).Select(goal => goal with { Reached = Figures[goal.Figure] }),
    ];
}
