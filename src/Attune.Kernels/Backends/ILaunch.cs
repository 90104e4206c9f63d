namespace Attune.Kernels.Backends;

/// <summary>A kernel with the memory that it runs on.</summary>
internal interface ILaunch : IDisposable
{
    /// <summary>Runs the kernel several times in a row and returns when the last run is complete. Allocates nothing on the managed heap.</summary>
    /// <param name="times">How often, at least 1; each run takes the next turn's memory.</param>
    /// <returns>Milliseconds that all runs took together, by the device's own clock.</returns>
    double Run(int times);

    /// <summary>
    /// Begins one run, on the next turn's memory, and may return before it is complete. What is asked of the back end afterwards happens after it: other runs,
    /// copies, reading.
    /// </summary>
    void Begin();
}
