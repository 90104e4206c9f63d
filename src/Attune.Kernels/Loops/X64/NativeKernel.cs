using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Devices.Memory;

namespace Attune.Kernels.Loops.X64;

/// <summary>A kernel in memory of its own, which is given back when the entry is forgotten.</summary>
internal sealed unsafe class NativeKernel
{
    private readonly ExecutableMemory memory;

    private NativeKernel(ExecutableMemory memory) => this.memory = memory;

    /// <summary>Why code of this kind cannot run here; null when it can.</summary>
    public static string? Refusal => RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? ExecutableMemory.Refusal
        : $"Machine code is made for x86-64; this process runs on {RuntimeInformation.ProcessArchitecture}.";

    /// <summary>How functions are called here.</summary>
    public static CallingConvention Convention => OperatingSystem.IsWindows() ? CallingConvention.Windows : CallingConvention.SystemV;

    /// <summary>Makes code callable; the reason when the system refuses.</summary>
    public static Result<KernelEntry, string> Load(byte[] code)
    {
        Result<ExecutableMemory, string> loaded = ExecutableMemory.Of(code);
        return loaded.Succeeded ? new KernelEntry(new NativeKernel(loaded.Value).Run) : loaded.Error;
    }

    private void Run(float** buffers, nint begin, nint end) => memory.Call(buffers, begin, end);
}
