using Attune.Cohort.Profiling;

namespace Attune.Cohort.Session;

/// <summary>What profiling a model gave.</summary>
/// <param name="Network">The profile and what was found out on the way.</param>
/// <param name="Forms">The model that was profiled, and what became of its low-rank forms.</param>
public sealed record ProfileResult(NetworkProfile Network, FormedModel Forms);
