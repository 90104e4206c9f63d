using System.Runtime.InteropServices;

namespace Attune.Measuring;

/// <summary>What comparing a candidate's output with the reference gave.</summary>
/// <param name="Error">Largest error divided by the tolerance: at most 1 is correct. Infinite where the output holds no number and the reference does.</param>
/// <param name="Fault">What else the candidate did wrong, as the end of a sentence that begins with "It"; null for nothing.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Verdict(double Error, string? Fault = null)
{
    /// <summary>True when nothing is wrong. NaN as error counts as wrong.</summary>
    public bool IsCorrect => Fault is null && Error <= 1;

    /// <summary>One sentence on what is wrong.</summary>
    public override string ToString() => Fault is not null
        ? $"It {Fault}."
        : double.IsFinite(Error)
        ? $"The output differs from the reference by {Error:G3} times the tolerance."
        : "The output holds NaN or infinite values, or values that nobody wrote.";
}
