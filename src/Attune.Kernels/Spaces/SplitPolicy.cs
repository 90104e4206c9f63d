namespace Attune.Kernels.Spaces;

/// <summary>Which factors a split may use (AutoTVM's policies, tuning.md 1.1).</summary>
public enum SplitPolicy
{
    /// <summary>Divisors of the extent; their product divides it, so there is no tail.</summary>
    Factors,

    /// <summary>Powers of two up to the extent, tails allowed.</summary>
    Power2,

    /// <summary>Divisors and powers of two, tails allowed; in the order of a Python set, as AutoTVM's indices have them.</summary>
    Verbose,
}
