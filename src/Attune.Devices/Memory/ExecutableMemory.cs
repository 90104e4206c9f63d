using System.Runtime.InteropServices;

namespace Attune.Devices.Memory;

/// <summary>
/// Machine code in memory that the processor may run. Pages are writable while they are filled and executable afterwards, never both. Given back when nothing
/// refers to it any more.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : SafeHandle
{
    private readonly nuint bytes;

    private ExecutableMemory(nint address, nuint size)
        : base(0, ownsHandle: true)
    {
        bytes = size;
        SetHandle(address);
    }

    /// <summary>Why this machine lets no program run code that it wrote itself; null where it does. Tried once.</summary>
    public static string? Refusal { get; } = Try();

    /// <summary>True when there is no memory.</summary>
    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>First byte of the code, aligned to a page.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public nint Address => IsClosed ? throw new ObjectDisposedException(nameof(ExecutableMemory)) : handle;

    /// <summary>Bytes of whole pages.</summary>
    public long Size => (long)bytes;

    /// <summary>Puts code into memory of its own; the reason when the system refuses.</summary>
    /// <param name="code">Code that runs wherever it lies.</param>
    public static Result<ExecutableMemory, string> Of(ReadOnlySpan<byte> code)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint whole = (((nuint)Math.Max(1, code.Length)) + page - 1) / page * page;
        nint address = OperatingSystem.IsWindows() ? VirtualAlloc(0, whole, CommitAndReserve, PageReadWrite) : Map(whole);
        if (address is 0 or -1)
        {
            return $"The system gives no {whole} bytes of memory for machine code: {LastError()}.";
        }

        var memory = new ExecutableMemory(address, whole);
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        if (memory.Protect())
        {
            return memory;
        }

        string reason = LastError();
        memory.Dispose();
        return $"The system does not let a program run code that it wrote itself (a hardened kernel, SELinux' execmem): {reason}.";
    }

    /// <summary>Calls the code as a function of three arguments and no result, by the system's convention. The memory stays while it runs.</summary>
    /// <param name="arguments">First argument: addresses.</param>
    /// <param name="begin">Second argument.</param>
    /// <param name="end">Third argument.</param>
    public void Call(float** arguments, nint begin, nint end)
    {
        ((delegate* unmanaged<float**, nint, nint, void>)handle)(arguments, begin, end);
        GC.KeepAlive(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected override bool ReleaseHandle() => OperatingSystem.IsWindows() ? VirtualFree(handle, 0, Release) : Unmap(handle, bytes) == 0;

    private static string? Try()
    {
        try
        {
            // A function that returns at once, on x86-64; nowhere else is it run.
            Result<ExecutableMemory, string> tried = Of([0xC3]);
            if (!tried.Succeeded)
            {
                return tried.Error;
            }

            using ExecutableMemory memory = tried.Value;

            if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
            {
                ((delegate* unmanaged<void>)memory.Address)();
            }

            return null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return $"The system has no functions for memory of machine code: {missing.Message}";
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private bool Protect()
    {
        if (!OperatingSystem.IsWindows())
        {
            return MemoryProtect(handle, bytes, ReadAndExecute) == 0;
        }

        return VirtualProtect(handle, bytes, PageExecuteRead, out _) && FlushInstructionCache(GetCurrentProcess(), handle, bytes);
    }
}
