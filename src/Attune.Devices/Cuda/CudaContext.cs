using System.Diagnostics;
using System.Text;

namespace Attune.Devices.Cuda;

/// <summary>
/// A device in use: its primary context, which all of this process share, and one stream that runs commands in order. Used by one thread at a time, not always
/// the same. After an error that sticks the context is dead: every later call fails with that first error, and only a new process can use the device again.
/// </summary>
internal sealed unsafe class CudaContext : IDisposable
{
    private const uint NonBlocking = 1;
    private const int CaptureOfThisThread = 1;
    private const int LogBytes = 8192;
    private const int NotReady = 600;
    private readonly CudaLibrary library;
    private readonly nint context;
    private readonly nint stream;
    private bool isDisposed;

    /// <summary>Opens a device.</summary>
    /// <param name="device">One that <see cref="CudaDevices.List()"/> gave.</param>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaContext(CudaDevice device)
    {
        Device = device;
        library = device.Library;
        nint handle = 0;
        library.Check(library.PrimaryContextRetain(&handle, device.Handle), "cuDevicePrimaryCtxRetain");
        context = handle;
        int code = library.ContextSetCurrent(context);
        code = code == 0 ? library.StreamCreate(&handle, NonBlocking) : code;
        if (code != 0)
        {
            library.PrimaryContextRelease(device.Handle);
            library.Check(code, "cuStreamCreate");
        }

        stream = handle;
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <summary>The error after which nothing works any more; null while all is well.</summary>
    public CudaException? Death { get; private set; }

    /// <summary>Allocates memory of the device.</summary>
    /// <exception cref="CudaException">It has not that much.</exception>
    public ulong Allocate(long bytes)
    {
        Enter();
        ulong memory = 0;
        Check(library.MemAlloc(&memory, (nuint)Math.Max(bytes, sizeof(float))), "cuMemAlloc");
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public void Free(ulong memory)
    {
        if (CanClean())
        {
            library.MemFree(memory);
        }
    }

    /// <summary>Copies to the device; returns when it is there.</summary>
    public void Write(ulong memory, ReadOnlySpan<byte> source)
    {
        Enter();
        fixed (byte* from = source)
        {
            if (from != null)
            {
                Check(library.MemcpyHtoDAsync(memory, from, (nuint)source.Length, stream), "cuMemcpyHtoDAsync");
                Finish();
            }
        }
    }

    /// <summary>Copies from the device; returns when it is here.</summary>
    public void Read(ulong memory, Span<byte> target)
    {
        Enter();
        fixed (byte* to = target)
        {
            if (to != null)
            {
                Check(library.MemcpyDtoHAsync(to, memory, (nuint)target.Length, stream), "cuMemcpyDtoHAsync");
                Finish();
            }
        }
    }

    /// <summary>Copies on the device, in the order of the stream.</summary>
    public void Copy(ulong from, ulong to, long bytes)
    {
        Enter();
        if (bytes > 0)
        {
            Check(library.MemcpyDtoDAsync(to, from, (nuint)bytes, stream), "cuMemcpyDtoDAsync");
        }
    }

    /// <summary>Loads compiled code; what the driver says when it does not take it.</summary>
    /// <param name="image">PTX or machine code.</param>
    /// <exception cref="CudaException">Something else failed.</exception>
    public Result<CudaModule, string> Load(ReadOnlySpan<byte> image)
    {
        Enter();
        byte* log = stackalloc byte[LogBytes];
        log[0] = 0;
        int* options = stackalloc int[] { 5, 6 }; // CU_JIT_ERROR_LOG_BUFFER and its size
        void** values = stackalloc void*[] { log, (void*)LogBytes };
        nint module = 0;
        int code;
        byte[] ended = [.. image, 0];
        fixed (byte* text = ended)
        {
            code = library.ModuleLoadDataEx(&module, text, 2, options, values);
        }

        if (code == 0)
        {
            return new CudaModule(module);
        }

        CudaException failure = library.Failure(code, "cuModuleLoadDataEx", Device);
        if (!failure.IsRefusedCode)
        {
            Check(code, failure.Call);
        }

        var said = new ReadOnlySpan<byte>(log, LogBytes);
        int end = said.IndexOf((byte)0);
        string words = Encoding.UTF8.GetString(said[..(end < 0 ? LogBytes : end)]).Trim();
        return words.Length > 0 ? $"{failure.Name}: {words}" : failure.Message;
    }

    /// <summary>Gives compiled code back.</summary>
    public void Unload(CudaModule module)
    {
        if (CanClean())
        {
            library.ModuleUnload(module.Handle);
        }
    }

    /// <summary>A function of compiled code.</summary>
    /// <exception cref="CudaException">There is none of that name.</exception>
    public nint Function(CudaModule module, string name)
    {
        Enter();
        nint function = 0;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            Check(library.ModuleGetFunction(&function, module.Handle, text), "cuModuleGetFunction");
        }

        return function;
    }

    /// <summary>What a function takes.</summary>
    /// <exception cref="CudaException">The driver does not tell.</exception>
    public CudaFunctionLimits LimitsOf(nint function)
    {
        Enter();
        return new CudaFunctionLimits(Fact(function, 0), Fact(function, 1), Fact(function, 3), Fact(function, 4));
    }

    /// <summary>Makes a mark that can be put into the stream.</summary>
    public nint CreateEvent()
    {
        Enter();
        nint mark = 0;
        Check(library.EventCreate(&mark, 0), "cuEventCreate");
        return mark;
    }

    /// <summary>Gives a mark back.</summary>
    public void FreeEvent(nint mark)
    {
        if (CanClean())
        {
            library.EventDestroy(mark);
        }
    }

    /// <summary>Puts a mark into the stream: the device notes the time when it gets there.</summary>
    public void Record(nint mark)
    {
        Enter();
        Check(library.EventRecord(mark, stream), "cuEventRecord");
    }

    /// <summary>Milliseconds between two marks that the device has passed.</summary>
    public double Elapsed(nint begin, nint end)
    {
        Enter();
        float milliseconds = 0;
        Check(library.EventElapsedTime(&milliseconds, begin, end), "cuEventElapsedTime");
        return milliseconds;
    }

    /// <summary>Puts a function with its arguments into the stream.</summary>
    /// <param name="function">The function.</param>
    /// <param name="groups">Groups along each axis.</param>
    /// <param name="lanes">Lanes of a group along each axis.</param>
    /// <param name="arguments">Address of each argument.</param>
    public void Launch(nint function, (int X, int Y, int Z) groups, (int X, int Y, int Z) lanes, void** arguments)
    {
        Enter();
        Check(
            library.LaunchKernel(
                function, (uint)groups.X, (uint)groups.Y, (uint)groups.Z, (uint)lanes.X, (uint)lanes.Y, (uint)lanes.Z, 0, stream, arguments, null),
            "cuLaunchKernel");
    }

    /// <summary>Records what is put into the stream meanwhile instead of running it.</summary>
    /// <param name="commands">Launches and copies on the device; nothing that waits or allocates.</param>
    /// <returns>The graph, ready to be launched; or what the driver says when it does not take it. The device stays as it was.</returns>
    /// <exception cref="CudaException">The device is lost.</exception>
    public Result<nint, string> Capture(Action commands)
    {
        Enter();
        if (!library.HasGraphs)
        {
            return $"the driver (CUDA {Device.Driver}) has no graphs; those of CUDA 11.4 and later have";
        }

        nint graph = 0;
        CudaException? failure = null;
        int code = library.StreamBeginCapture(stream, CaptureOfThisThread);
        if (code != 0)
        {
            return Refusal(code, "cuStreamBeginCapture");
        }

        try
        {
            commands();
        }
        catch (CudaException refused) when (!refused.IsLost)
        {
            failure = refused;
        }
        finally
        {
            // Whatever happened, the stream must run what comes next.
            code = library.StreamEndCapture(stream, &graph);
        }

        try
        {
            nint ready = 0;
            string call = "cuStreamEndCapture";
            if (code == 0 && failure is null)
            {
                code = library.GraphInstantiate(&ready, graph, 0);
                call = "cuGraphInstantiateWithFlags";
            }

            return failure is not null ? failure.Message
                : code != 0 ? Refusal(code, call)
                : ready;
        }
        finally
        {
            if (graph != 0)
            {
                library.GraphDestroy(graph);
            }
        }
    }

    /// <summary>Puts a recorded graph into the stream.</summary>
    /// <param name="graph">What <see cref="Capture"/> gave.</param>
    public void LaunchGraph(nint graph)
    {
        Enter();
        Check(library.GraphLaunch(graph, stream), "cuGraphLaunch");
    }

    /// <summary>Gives a graph back.</summary>
    public void FreeGraph(nint graph)
    {
        if (CanClean())
        {
            library.GraphExecDestroy(graph);
        }
    }

    /// <summary>Waits until the stream is empty.</summary>
    public void Finish()
    {
        Enter();
        Check(library.StreamSynchronize(stream), "cuStreamSynchronize");
    }

    /// <summary>Waits until the stream is empty, but not for ever: after the limit the context is dead, since what waits for the stream would hang.</summary>
    /// <param name="limit">How long.</param>
    /// <exception cref="CudaException">It takes longer, or the device failed.</exception>
    public void Finish(TimeSpan limit)
    {
        Enter();
        long start = Stopwatch.GetTimestamp();
        int code;
        while ((code = library.StreamQuery(stream)) == NotReady)
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw Death = CudaException.Silent(Device, limit);
            }

            Thread.Sleep(1);
        }

        Check(code, "cuStreamQuery");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isDisposed)
        {
            // The context may have another user by now.
            return;
        }

        isDisposed = true;
        if (CanClean())
        {
            library.StreamDestroy(stream);
        }

        if (Death is not { IsSilent: true })
        {
            library.PrimaryContextRelease(Device.Handle);
        }
    }

    // Other devices of this thread, or other users of this device, may have put theirs in its place.
    private void Enter()
    {
        if (Death is not null)
        {
            throw Death;
        }

        Check(library.ContextSetCurrent(context), "cuCtxSetCurrent");
    }

    // What a dead context held, the driver takes back with the process.
    private bool CanClean() => Death is null && library.ContextSetCurrent(context) == 0;

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            CudaException failure = library.Failure(code, call, Device);
            Death = failure.IsLost ? failure : null;
            throw failure;
        }
    }

    // An error that sticks is thrown, any other is told.
    private string Refusal(int code, string call)
    {
        CudaException failure = library.Failure(code, call, Device);
        if (failure.IsLost)
        {
            Check(code, call);
        }

        return failure.Message;
    }

    private int Fact(nint function, int what)
    {
        int number = 0;
        Check(library.FuncGetAttribute(&number, what, function), "cuFuncGetAttribute");
        return number;
    }
}
