namespace Attune.Bench.Networks;

/// <summary>Nothing could be measured or reported; the message says why and what to do.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
