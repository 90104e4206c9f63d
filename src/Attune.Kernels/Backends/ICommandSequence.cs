namespace Attune.Kernels.Backends;

/// <summary>Commands that a device begins at one call.</summary>
internal interface ICommandSequence : IDisposable
{
    /// <summary>
    /// Begins the commands, in order, and may return before they are complete. What is asked of the back end afterwards happens after them. Allocates nothing
    /// on the managed heap.
    /// </summary>
    void Begin();
}
