namespace Attune.Runtime.Dynamic;

/// <summary>What is compiled for shapes met at run time, and how much of it is kept.</summary>
/// <param name="MaxStages">Most parts that are kept.</param>
/// <param name="MaxBytes">Most bytes of their packed weights and memory; what the last run used stays in any case.</param>
/// <param name="WorthCompiling">
/// Elementary operations that a part was asked for before it is compiled; until then it runs on reference kernels. Compiling takes as long as about a million.
/// </param>
internal sealed record DynamicLimits(int MaxStages, long MaxBytes, long WorthCompiling)
{
    /// <summary>64 parts, 1 GiB, a million operations.</summary>
    public static readonly DynamicLimits Default = new(64, 1L << 30, 1_000_000);
}
