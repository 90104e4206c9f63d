using System.Diagnostics;
using System.Text;

namespace Attune.Devices.OpenCl;

/// <summary>
/// A device in use: its context and one queue that runs commands in order and notes when each began and ended. Used by one thread at a time.
/// </summary>
internal sealed unsafe partial class OpenClContext : IDisposable
{
    private const ulong Profiling = 2;
    private const ulong ReadWrite = 1;
    private const uint ExecutionStatus = 0x11D3;
    private readonly OpenClLibrary library;
    private readonly nint context;
    private readonly nint queue;
    private OpenClException? death;
    private bool isDisposed;

    /// <summary>Opens a device.</summary>
    /// <param name="device">One that <see cref="OpenClDevices.List"/> gave.</param>
    /// <exception cref="OpenClException">The driver refuses.</exception>
    public OpenClContext(OpenClDevice device)
    {
        Device = device;
        library = OpenClLibrary.Instance!;
        nint handle = device.Handle;
        int code;
        context = library.CreateContext(null, 1, &handle, null, null, &code);
        OpenClLibrary.Check(code, "clCreateContext");
        queue = library.CreateCommandQueue(context, handle, Profiling, &code);
        if (code != 0)
        {
            library.ReleaseContext(context);
            OpenClLibrary.Check(code, "clCreateCommandQueue");
        }
    }

    /// <summary>The device.</summary>
    public OpenClDevice Device { get; }

    /// <summary>Allocates memory of the device.</summary>
    /// <exception cref="OpenClException">It has not that much.</exception>
    public nint Allocate(long bytes)
    {
        Enter();
        int code;
        nint memory = library.CreateBuffer(context, ReadWrite, (nuint)Math.Max(bytes, sizeof(float)), null, &code);
        OpenClLibrary.Check(code, "clCreateBuffer");
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public void Free(nint memory)
    {
        if (death is null)
        {
            library.ReleaseMemObject(memory);
        }
    }

    /// <summary>Copies to the device; returns when it is there.</summary>
    public void Write(nint memory, long offset, ReadOnlySpan<byte> source)
    {
        Enter();
        fixed (byte* from = source)
        {
            if (from != null)
            {
                OpenClLibrary.Check(
                    library.EnqueueWriteBuffer(queue, memory, 1, (nuint)offset, (nuint)source.Length, from, 0, null, null), "clEnqueueWriteBuffer");
            }
        }
    }

    /// <summary>Copies from the device; returns when it is here.</summary>
    public void Read(nint memory, long offset, Span<byte> target)
    {
        Enter();
        fixed (byte* to = target)
        {
            if (to != null)
            {
                OpenClLibrary.Check(
                    library.EnqueueReadBuffer(queue, memory, 1, (nuint)offset, (nuint)target.Length, to, 0, null, null), "clEnqueueReadBuffer");
            }
        }
    }

    /// <summary>Copies on the device, in the order of the queue.</summary>
    public void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes)
    {
        Enter();
        if (bytes > 0)
        {
            OpenClLibrary.Check(
                library.EnqueueCopyBuffer(queue, from, to, (nuint)fromOffset, (nuint)toOffset, (nuint)bytes, 0, null, null), "clEnqueueCopyBuffer");
        }
    }

    /// <summary>A function of a program.</summary>
    /// <exception cref="OpenClException">There is none of that name.</exception>
    public nint CreateKernel(nint program, string name)
    {
        int code;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            nint kernel = library.CreateKernel(program, text, &code);
            OpenClLibrary.Check(code, "clCreateKernel");
            return kernel;
        }
    }

    /// <summary>Gives a kernel back.</summary>
    public void FreeKernel(nint kernel)
    {
        if (death is null)
        {
            library.ReleaseKernel(kernel);
        }
    }

    /// <summary>Lanes that a group of this kernel may have on this device; memory that a group shares and each lane keeps, bytes.</summary>
    public (long Lanes, long SharedBytes, long PrivateBytes) LimitsOf(nint kernel) => (Fact(kernel, 0x11B0), Fact(kernel, 0x11B2), Fact(kernel, 0x11B4));

    /// <summary>Sets an argument that is memory.</summary>
    public void SetMemory(nint kernel, int position, nint memory) =>
        OpenClLibrary.Check(library.SetKernelArg(kernel, (uint)position, (nuint)sizeof(nint), &memory), "clSetKernelArg");

    /// <summary>Sets an argument that is a number.</summary>
    public void SetNumber(nint kernel, int position, int number) =>
        OpenClLibrary.Check(library.SetKernelArg(kernel, (uint)position, sizeof(int), &number), "clSetKernelArg");

    /// <summary>Puts a kernel with its arguments into the queue.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="lanes">Lanes of all groups together, along the three axes.</param>
    /// <param name="group">Lanes of one group.</param>
    /// <param name="ended">Where the handle of its times goes; null when nobody asks for them.</param>
    public void Enqueue(nint kernel, ReadOnlySpan<nuint> lanes, ReadOnlySpan<nuint> group, nint* ended)
    {
        Enter();
        fixed (nuint* all = lanes)
        {
            fixed (nuint* one = group)
            {
                OpenClLibrary.Check(library.EnqueueNDRangeKernel(queue, kernel, 3, null, all, one, 0, null, ended), "clEnqueueNDRangeKernel");
            }
        }
    }

    /// <summary>Waits until the queue is empty.</summary>
    public void Finish()
    {
        Enter();
        OpenClLibrary.Check(library.Finish(queue), "clFinish");
    }

    /// <summary>
    /// Waits until the queue is empty, but not for ever: after the limit the context is dead, since whatever waits for the queue would hang. What it holds, the
    /// driver takes back with the process.
    /// </summary>
    /// <param name="limit">How long.</param>
    /// <exception cref="OpenClException">It takes longer, or the device failed.</exception>
    public void Finish(TimeSpan limit)
    {
        nint marker = Mark();
        OpenClLibrary.Check(library.Flush(queue), "clFlush");
        long start = Stopwatch.GetTimestamp();
        int code;
        int status = 0;
        while ((code = library.GetEventInfo(marker, ExecutionStatus, sizeof(int), &status, null)) == 0 && status > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw death = OpenClException.Silent(Device, limit);
            }

            Thread.Sleep(1);
        }

        library.ReleaseEvent(marker);
        OpenClLibrary.Check(code, "clGetEventInfo");
        OpenClLibrary.Check(status, "a command in the queue");
    }

    /// <summary>Nanoseconds that a finished kernel ran on the device. Gives the handle back.</summary>
    public long Duration(nint ended)
    {
        ulong begin = 0;
        ulong end = 0;
        int code = library.GetEventProfilingInfo(ended, 0x1282, sizeof(ulong), &begin, null);
        code = code == 0 ? library.GetEventProfilingInfo(ended, 0x1283, sizeof(ulong), &end, null) : code;
        library.ReleaseEvent(ended);
        OpenClLibrary.Check(code, "clGetEventProfilingInfo");
        return (long)(end - begin);
    }

    /// <summary>Puts a marker into the queue; <see cref="TryTimeOf"/> takes it.</summary>
    public nint Mark()
    {
        Enter();
        nint marker;
        OpenClLibrary.Check(library.EnqueueMarker(queue, 0, null, &marker), "clEnqueueMarkerWithWaitList");
        return marker;
    }

    /// <summary>When a marker was reached, nanoseconds of the device's clock; false when the driver keeps no times of markers. Gives the handle back.</summary>
    public bool TryTimeOf(nint marker, out ulong nanoseconds)
    {
        ulong end = 0;
        int code = library.GetEventProfilingInfo(marker, 0x1283, sizeof(ulong), &end, null);
        library.ReleaseEvent(marker);
        nanoseconds = end;
        return code == 0 && end > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
        {
            // Drivers crash when a handle is given back twice.
            return;
        }

        isDisposed = true;
        if (death is null)
        {
            library.ReleaseCommandQueue(queue);
            library.ReleaseContext(context);
        }
    }

    private void Enter()
    {
        if (death is not null)
        {
            throw death;
        }
    }

    private long Fact(nint kernel, uint what)
    {
        ulong number = 0;
        return library.GetKernelWorkGroupInfo(kernel, Device.Handle, what, sizeof(ulong), &number, null) == 0 ? (long)number : 0;
    }
}
