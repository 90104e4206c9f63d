namespace Attune.Kernels.Templates;

/// <summary>What a kernel computes: an operator and its extents, without values, places in memory and what happens to its sums. Equality is by value.</summary>
public abstract record Workload
{
    /// <summary>Floats per vector, which are also the channels of a block in blocked layouts.</summary>
    public abstract int Lanes { get; init; }

    /// <summary>Short text for people, for example "conv 3x3 64->128 28x28 s2".</summary>
    public abstract string Title { get; }

    /// <summary>Floating-point operations (a multiply-add is two).</summary>
    public abstract long Flops { get; }
}
