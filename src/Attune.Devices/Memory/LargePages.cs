using System.Runtime.InteropServices;

namespace Attune.Devices.Memory;

/// <summary>
/// Asks Linux to back memory with 2 MiB pages (transparent huge pages). A wish: without support the memory is as good as before, only slower to stream.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>Size and alignment of a large page, bytes.</summary>
    public const nuint Size = 2 << 20;

    /// <summary>Allocations from this size on, bytes, gain more than the rounding costs.</summary>
    public const nuint Worthwhile = 4 << 20;

    private const int AdviseHugePage = 14;

    public static void Advise(void* address, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            // The answer does not matter: EINVAL means that this kernel has no such pages.
            _ = MemoryAdvise(address, bytes / Size * Size, AdviseHugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* address, nuint length, int advice);
}
