namespace Attune.Kernels.Backends;

/// <summary>Marks between the commands of a device, each with the time at which all before it were complete.</summary>
internal interface ITimeline : IDisposable
{
    /// <summary>Puts a mark behind everything that was asked of the back end so far.</summary>
    void Mark();

    /// <summary>Waits for all marks and takes them away.</summary>
    /// <returns>Milliseconds from the first mark to each, ascending.</returns>
    double[] Take();
}
