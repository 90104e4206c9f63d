using Attune.Tuning.Search;

namespace Attune.Tuning.Comparison;

/// <summary>One searcher of a comparison, perhaps with options of its own.</summary>
/// <param name="Label">Name in the report, unique in the comparison: the searcher's name, or that and what sets this entry apart.</param>
/// <param name="Searcher">Name in the <see cref="SearcherCatalog"/>.</param>
/// <param name="Options">Options; seed and expected trials are filled in by the comparison.</param>
public sealed record TunerEntry(string Label, string Searcher, SearcherOptions Options)
{
    /// <summary>True shows the searcher the history of every space; false searches cold.</summary>
    public bool Learns { get; init; }

    /// <summary>A searcher with its defaults.</summary>
    public static TunerEntry Of(string searcher) => new(searcher, searcher, new SearcherOptions());
}
