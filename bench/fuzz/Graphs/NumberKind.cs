namespace Attune.Bench.Fuzz.Graphs;

/// <summary>What random numbers look like.</summary>
internal enum NumberKind
{
    /// <summary>Within one of zero.</summary>
    Plain,

    /// <summary>Between a tenth and one.</summary>
    Positive,

    /// <summary>Between minus one and minus a tenth.</summary>
    Negative,

    /// <summary>Half of them zero.</summary>
    Sparse,

    /// <summary>Up to a thousand.</summary>
    Large,

    /// <summary>Far below one, down to numbers that are no longer normal.</summary>
    Tiny,

    /// <summary>Of every magnitude from 1e-6 to 1e3.</summary>
    Mixed,
}
