using System.Text;

namespace Attune.Devices.OpenCl;

/// <summary>
/// A device in use: its context and one queue that runs commands in order and notes when each began and ended. Used by one thread at a time.
/// </summary>
internal sealed unsafe class OpenClContext : IDisposable
{
    private const ulong Profiling = 2;
    private const ulong ReadWrite = 1;
    private const uint BuildLog = 0x1183;
    private readonly OpenClLibrary library;
    private readonly nint context;
    private readonly nint queue;

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
        int code;
        nint memory = library.CreateBuffer(context, ReadWrite, (nuint)Math.Max(bytes, sizeof(float)), null, &code);
        OpenClLibrary.Check(code, "clCreateBuffer");
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public void Free(nint memory) => library.ReleaseMemObject(memory);

    /// <summary>Copies to the device; returns when it is there.</summary>
    public void Write(nint memory, long offset, ReadOnlySpan<byte> source)
    {
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
        if (bytes > 0)
        {
            OpenClLibrary.Check(
                library.EnqueueCopyBuffer(queue, from, to, (nuint)fromOffset, (nuint)toOffset, (nuint)bytes, 0, null, null), "clEnqueueCopyBuffer");
        }
    }

    /// <summary>Compiles a program; 0 and what the compiler says when it does not compile.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="options">Options of the compiler.</param>
    /// <param name="log">What the compiler says.</param>
    /// <exception cref="OpenClException">Something else failed.</exception>
    public nint Build(string source, string options, out string log)
    {
        byte[] text = Encoding.ASCII.GetBytes(source);
        nuint length = (nuint)text.Length;
        nint program;
        int code;
        fixed (byte* at = text)
        {
            byte* first = at;
            program = library.CreateProgramWithSource(context, 1, &first, &length, &code);
        }

        OpenClLibrary.Check(code, "clCreateProgramWithSource");
        nint device = Device.Handle;
        fixed (byte* words = Encoding.ASCII.GetBytes(options + '\0'))
        {
            code = library.BuildProgram(program, 1, &device, words, null, null);
        }

        log = code == 0 ? string.Empty : LogOf(program);
        if (code != 0)
        {
            library.ReleaseProgram(program);
            if (code is not (-11 or -5 or -6))
            {
                OpenClLibrary.Check(code, "clBuildProgram");
            }

            return 0;
        }

        return program;
    }

    /// <summary>Gives a program back.</summary>
    public void FreeProgram(nint program) => library.ReleaseProgram(program);

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
    public void FreeKernel(nint kernel) => library.ReleaseKernel(kernel);

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
        fixed (nuint* all = lanes)
        {
            fixed (nuint* one = group)
            {
                OpenClLibrary.Check(library.EnqueueNDRangeKernel(queue, kernel, 3, null, all, one, 0, null, ended), "clEnqueueNDRangeKernel");
            }
        }
    }

    /// <summary>Waits until the queue is empty.</summary>
    public void Finish() => OpenClLibrary.Check(library.Finish(queue), "clFinish");

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

    /// <inheritdoc/>
    public void Dispose()
    {
        library.ReleaseCommandQueue(queue);
        library.ReleaseContext(context);
    }

    private string LogOf(nint program)
    {
        nuint size = 0;
        library.GetProgramBuildInfo(program, Device.Handle, BuildLog, 0, null, &size);
        byte[] bytes = new byte[(int)Math.Min(size, 1 << 16)];
        fixed (byte* at = bytes)
        {
            bool told = at != null && library.GetProgramBuildInfo(program, Device.Handle, BuildLog, (nuint)bytes.Length, at, null) == 0;
            return told ? Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ', '\n') : string.Empty;
        }
    }

    private long Fact(nint kernel, uint what)
    {
        ulong number = 0;
        return library.GetKernelWorkGroupInfo(kernel, Device.Handle, what, sizeof(ulong), &number, null) == 0 ? (long)number : 0;
    }
}
