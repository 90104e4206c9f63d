namespace Attune.Cohort.Endpoint;

/// <summary>What a client asks for.</summary>
/// <param name="Method">GET, PUT and so on, as written.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Host">Host that the client thinks it talks to; null when it did not say.</param>
/// <param name="Body">The body; empty without one.</param>
internal sealed record HttpRequest(string Method, string Path, string? Host, ReadOnlyMemory<byte> Body);
