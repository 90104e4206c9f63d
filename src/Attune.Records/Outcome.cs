namespace Attune.Records;

/// <summary>How measuring one candidate ended. Everything but <see cref="Ok"/> is kept too: negative results shrink the space.</summary>
public enum Outcome
{
    /// <summary>Compiled, correct, timed.</summary>
    Ok,

    /// <summary>The configuration violates a constraint of its space.</summary>
    Invalid,

    /// <summary>The kernel could not be compiled (too large, or refused by the lowering).</summary>
    CompileError,

    /// <summary>
    /// The output differs from the reference beyond the tolerance, or the kernel wrote outside its output. Once is enough: see
    /// <see cref="WrongConfigurations"/>.
    /// </summary>
    WrongResult,

    /// <summary>The worker process died.</summary>
    Crash,

    /// <summary>The candidate did not finish in its time.</summary>
    TimeOut,

    /// <summary>Correct but stopped early because clearly slower than the best; its time is an upper-accuracy estimate and a valid training label.</summary>
    CutShort,
}
