namespace Attune.Records;

/// <summary>A kind of append-only file: how it is known, and what messages call it.</summary>
/// <param name="Name">What it is, for example "tuning records".</param>
/// <param name="Line">What its first line must be, for example "a tuning record".</param>
/// <param name="Alternative">What the user can do instead of using this file, as half a sentence: "name another file with --records FILE".</param>
/// <param name="IsOurs">Knows the first line.</param>
public sealed record LineFileKind(string Name, string Line, string Alternative, LineProof IsOurs)
{
    /// <summary>What can be done later about two files that one process each wrote to, as the end of a sentence; empty for nothing.</summary>
    public string Joining { get; init; } = string.Empty;
}
