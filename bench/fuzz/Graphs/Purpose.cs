namespace Attune.Bench.Fuzz.Graphs;

/// <summary>What dice decide.</summary>
internal enum Purpose
{
    /// <summary>A graph and its inputs.</summary>
    Graph,

    /// <summary>How the graph is compiled.</summary>
    Setting,

    /// <summary>A graph of one recipe.</summary>
    One,
}
