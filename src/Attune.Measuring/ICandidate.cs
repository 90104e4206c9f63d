namespace Attune.Measuring;

/// <summary>
/// One compiled kernel with its data, ready to run inside a worker process. Used by one thread at a time; a kernel may run on a team of its own.
/// A new candidate has an ordinary input, and its output holds no numbers yet.
/// </summary>
public interface ICandidate : IDisposable
{
    /// <summary>
    /// Runs the kernel several times in a row and returns when the last output is complete. Must not allocate on the managed heap: it is what is timed.
    /// Data should be as warm or cold as it would be inside a model.
    /// </summary>
    /// <param name="times">How often, at least 1.</param>
    /// <returns>Milliseconds that all runs took together, by the clock of the device.</returns>
    double Run(int times);

    /// <summary>
    /// Draws another input and works out its reference result. Inputs differ by candidate and number; several numbers in a row cover every kind of input.
    /// </summary>
    /// <param name="number">Which input; the same one again for the same number.</param>
    void Renew(long number);

    /// <summary>Fills the output with what is no number, runs the kernel once more and compares the output with the reference.</summary>
    Verdict Check();

    /// <summary>Compares what the last run left with the reference, and looks for writes outside the output.</summary>
    /// <param name="thorough">True looks at everything that the kernel may read, however large, for having been written to.</param>
    Verdict Inspect(bool thorough);
}
