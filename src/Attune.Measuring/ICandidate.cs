namespace Attune.Measuring;

/// <summary>
/// One compiled kernel with its data, ready to run inside a worker process. Used by one thread at a time; <see cref="Run"/> may use a team of its own.
/// </summary>
public interface ICandidate : IDisposable
{
    /// <summary>
    /// Runs the kernel once, its team included, and returns when the output is complete. Must not allocate on the managed heap: it is what is timed.
    /// Data should be as warm or cold as it would be inside a model.
    /// </summary>
    void Run();

    /// <summary>
    /// Runs the kernel once more and compares its output with the reference on the same data.
    /// </summary>
    /// <returns>Largest error divided by the tolerance: at most 1 is correct, more (or NaN) is wrong.</returns>
    double Verify();
}
