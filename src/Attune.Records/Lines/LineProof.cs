namespace Attune.Records.Lines;

/// <summary>Decides whether the first line of a file can only have been written by us.</summary>
/// <param name="line">The line, without its end.</param>
public delegate bool LineProof(ReadOnlySpan<byte> line);
