using Attune.Cohort.Control;

namespace Attune.Cohort.Policies;

/// <summary>What a policy is made from.</summary>
/// <param name="Setup">The cohort.</param>
/// <param name="Seed">Seed of whatever is random in it.</param>
/// <param name="Slowdown">
/// What the cohort costs its members when all run, as a factor of time; only the oracle and static-best, which know everything beforehand, look at it.
/// </param>
public sealed record PolicyContext(CohortSetup Setup, int Seed = 1, double Slowdown = 1);
