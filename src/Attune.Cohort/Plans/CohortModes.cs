using System.Collections.Immutable;

namespace Attune.Cohort.Plans;

/// <summary>Modes as users spell them.</summary>
public static class CohortModes
{
    /// <summary>All spellings.</summary>
    public static ImmutableArray<string> Names { get; } = ["balanced", "min-energy", "max-accuracy"];

    /// <summary>Spelling of a mode.</summary>
    public static string NameOf(CohortMode mode) => Names[(int)mode];

    /// <summary>Mode of a spelling; null when there is none.</summary>
    public static CohortMode? Find(string name) => Names.IndexOf(name) is >= 0 and var at ? (CohortMode)at : null;
}
