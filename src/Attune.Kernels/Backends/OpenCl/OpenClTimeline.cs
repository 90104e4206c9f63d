using Attune.Devices;
using Attune.Devices.OpenCl;

namespace Attune.Kernels.Backends.OpenCl;

/// <summary>Markers in the queue, with the device's times; where a driver keeps none for markers, the host waits at each and looks at its own clock.</summary>
internal sealed class OpenClTimeline : ITimeline
{
    private const double NanosecondsPerMillisecond = 1e6;
    private readonly OpenClContext context;
    private readonly bool hasTimes;
    private readonly List<nint> markers = [];
    private readonly List<long> waited = [];

    /// <summary>Asks the driver whether markers have times.</summary>
    /// <param name="context">The device in use.</param>
    public OpenClTimeline(OpenClContext context)
    {
        this.context = context;
        nint first = context.Mark();
        context.Finish();
        hasTimes = context.TryTimeOf(first, out _);
    }

    /// <inheritdoc/>
    public void Mark()
    {
        if (hasTimes)
        {
            markers.Add(context.Mark());
        }
        else
        {
            context.Finish();
            waited.Add(TimeProvider.System.GetTimestamp());
        }
    }

    /// <inheritdoc/>
    public double[] Take()
    {
        context.Finish();
        double[] times = hasTimes ? OfMarkers() : [.. waited.Select(mark => TimeProvider.System.GetElapsedTime(waited[0], mark).TotalMilliseconds)];
        markers.Clear();
        waited.Clear();
        return times;
    }

    /// <inheritdoc/>
    public void Dispose() => Take();

    private double[] OfMarkers()
    {
        var ends = new ulong[markers.Count];
        for (int i = 0; i < ends.Length; i++)
        {
            if (!context.TryTimeOf(markers[i], out ends[i]))
            {
                throw new DeviceException("The driver lost the time of a marker.");
            }
        }

        return [.. ends.Select(end => (end - ends[0]) / NanosecondsPerMillisecond)];
    }
}
