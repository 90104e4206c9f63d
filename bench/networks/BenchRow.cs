using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>One row of the table: what attune's own documents say. A part that failed is null.</summary>
/// <param name="Network">Network of the zoo.</param>
/// <param name="Threads">Threads of both sides.</param>
/// <param name="VectorBits">Widest vectors that Attune used.</param>
/// <param name="Weights">How Attune stored weights.</param>
/// <param name="Date">When it was measured, UTC.</param>
/// <param name="Commit">What was measured.</param>
/// <param name="Command">The command that measured it.</param>
/// <param name="Tune">Document of attune tune.</param>
/// <param name="Verify">Document of attune verify.</param>
/// <param name="Bench">Document of attune bench.</param>
/// <param name="Failures">What went wrong.</param>
internal sealed record BenchRow(
    string Network,
    int Threads,
    int VectorBits,
    string Weights,
    DateTimeOffset Date,
    string Commit,
    string Command,
    JsonObject? Tune,
    JsonObject? Verify,
    JsonObject? Bench,
    ImmutableArray<string> Failures)
{
    /// <summary>Which row it is.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public RowKey Key => new(Network, Threads, VectorBits, Weights);
}
