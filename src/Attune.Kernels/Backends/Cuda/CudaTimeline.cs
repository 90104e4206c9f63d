using Attune.Devices.Cuda;

namespace Attune.Kernels.Backends.Cuda;

/// <summary>Events in the stream, with the device's times.</summary>
/// <param name="context">The device in use.</param>
internal sealed class CudaTimeline(CudaContext context) : ITimeline
{
    private readonly List<nint> marks = [];

    /// <inheritdoc/>
    public void Mark()
    {
        nint mark = context.CreateEvent();
        marks.Add(mark);
        context.Record(mark);
    }

    /// <inheritdoc/>
    public double[] Take()
    {
        context.Finish();
        double[] times = [.. marks.Select(mark => context.Elapsed(marks[0], mark))];
        Dispose();
        return times;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        marks.ForEach(context.FreeEvent);
        marks.Clear();
    }
}
