namespace Attune.Web;

/// <summary>What an endpoint went through since it began to listen.</summary>
/// <param name="Answered">Requests that were answered, with whatever status; what is no HTTP, or too large or late to be a request, is refused before it
/// counts.</param>
/// <param name="Dropped">Connections that were let go for newer ones.</param>
/// <param name="Refused">Times that the system accepted no connection: no descriptor or memory left, or a client that was gone already.</param>
/// <param name="Failed">Requests that failed inside of the endpoint.</param>
public sealed record EndpointFigures(long Answered, long Dropped, long Refused, long Failed);
