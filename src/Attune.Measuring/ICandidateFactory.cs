namespace Attune.Measuring;

/// <summary>
/// Turns a task and knob texts into a kernel that can be run. Lives in the worker process; one caller at a time. Exceptions of <see cref="Build"/> count as
/// compile errors of that candidate, exceptions of <see cref="Prepare"/> make the candidate invalid; neither ends the worker.
/// </summary>
public interface ICandidateFactory : IDisposable
{
    /// <summary>
    /// Makes what all candidates of a task share (random inputs, the reference result). Called before <see cref="Build"/> whenever the task or the number of
    /// threads is another than last time, so it should return at once for what it still has; under a time limit of its own, so that a slow reference kernel is
    /// never taken for a hanging candidate.
    /// </summary>
    /// <param name="task">Key of the task.</param>
    /// <param name="threads">Threads that candidates will run on.</param>
    void Prepare(string task, int threads);

    /// <summary>Builds and JIT-compiles one candidate; the time this takes is reported as its compile time.</summary>
    /// <param name="task">Key of the task.</param>
    /// <param name="knobs">Knob names and entity texts.</param>
    /// <param name="threads">Threads the kernel runs on.</param>
    CandidateResult Build(string task, IReadOnlyDictionary<string, string> knobs, int threads);
}
