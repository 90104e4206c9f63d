using System.Net;

namespace Attune.Cli.CohortRun;

/// <summary>What the report of a run says beside its options and its result.</summary>
/// <param name="Order">Whose stage ran next, as users write it.</param>
/// <param name="Endpoint">Where it listened; null when it did not.</param>
internal sealed record RunConditions(string Order, IPEndPoint? Endpoint);
