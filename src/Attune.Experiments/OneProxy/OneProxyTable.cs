using System.Collections.Immutable;

namespace Attune.Experiments.OneProxy;

/// <summary>One table of the experiment.</summary>
/// <param name="Section">Heading under which it stands.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Headings; one that starts with &gt; holds numbers.</param>
/// <param name="Rows">Cells.</param>
public sealed record OneProxyTable(string Section, string Caption, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows)
{
    /// <summary>What a reader must know of it; empty when nothing.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Names of rows and columns when it is a matrix, which is then drawn in colours; empty otherwise.</summary>
    public ImmutableArray<string> MatrixLabels { get; init; } = [];

    /// <summary>The matrix, row-major.</summary>
    public ImmutableArray<double> Matrix { get; init; } = [];

    /// <summary>Numbers worth quoting, by name.</summary>
    public ImmutableSortedDictionary<string, double> Figures { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}
