namespace Attune.Bench.Searchers;

/// <summary>The comparison cannot go on; the message says what to change.</summary>
internal sealed class RaceFailedException(string message) : Exception(message);
