namespace Attune.Cohort.Endpoint;

/// <summary>What an endpoint went through since it began to listen.</summary>
/// <param name="Answered">Requests that were answered, with whatever status.</param>
/// <param name="Dropped">Connections that were let go for newer ones.</param>
/// <param name="Refused">Times that the system accepted no connection: no descriptor or memory left, or a client that was gone already.</param>
/// <param name="Failed">Connections that failed inside of the endpoint.</param>
public sealed record EndpointFigures(long Answered, long Dropped, long Refused, long Failed);
