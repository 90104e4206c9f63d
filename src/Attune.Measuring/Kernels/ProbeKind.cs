namespace Attune.Measuring.Kernels;

/// <summary>
/// What an input is like. NaN and infinity are none of them: how far they spread is no part of what kernels promise (transforms spread them over a tile).
/// </summary>
internal enum ProbeKind
{
    /// <summary>Numbers of both signs around one; what is timed.</summary>
    Ordinary,

    /// <summary>The same with biases so large that no activation hides a sum.</summary>
    Open,

    /// <summary>Numbers in the thousands and millions.</summary>
    Large,

    /// <summary>Numbers of many magnitudes, zeros and denormals beside each other.</summary>
    Mixed,

    /// <summary>Numbers of a thousandth or a millionth.</summary>
    Tiny,

    /// <summary>Numbers near the upper end of what sums can hold.</summary>
    Huge,

    /// <summary>Nothing but zeros: the output is the activated bias.</summary>
    Zero,

    /// <summary>Numbers far below any that matter, but still normal.</summary>
    Vanishing,
}
