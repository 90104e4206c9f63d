using System.Runtime.InteropServices;

namespace Attune.Devices.Cpu;

/// <summary>
/// The registers for matrices of x86 processors (AMX). They hold 8 KiB that a system would have to keep for every thread, so that Linux gives them only to
/// processes that ask.
/// </summary>
internal static partial class TileRegisters
{
    // Linux, arch/x86/include/uapi/asm/prctl.h, and the number of the component in XCR0 (Software Developer's Manual, volume 1, 13.1).
    private const long ArchPrctl = 158;
    private const long RequestPermission = 0x1023;
    private const long TileData = 18;

    /// <summary>Why this process may not use them; null when it may. The system is asked once.</summary>
    public static string? Refusal { get; } = Ask();

    private static string? Ask()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "Matrix registers are used on Linux and x86-64 alone.";
        }

        try
        {
            return SystemCall(ArchPrctl, RequestPermission, TileData) == 0
                ? null
                : $"The system gives no matrix registers: {Marshal.GetLastPInvokeErrorMessage()}.";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return $"The system cannot be asked for matrix registers: {e.Message}";
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);
}
