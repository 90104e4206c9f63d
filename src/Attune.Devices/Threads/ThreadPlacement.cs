using System.Runtime.InteropServices;

namespace Attune.Devices.Threads;

/// <summary>
/// Keeps a team's threads off the processor that its caller runs on. A scheduler may wake a thread on the processor of whoever woke it; a team of two then
/// takes turns on one processor, a hundred times slower for small kernels, until the balancer notices. Only the team's own threads are moved, and only within
/// the processors that the process may use. Linux only; elsewhere, or when there are more threads than processors, nothing is done.
/// </summary>
internal sealed unsafe partial class ThreadPlacement
{
    private const int MaskBytes = 128;
    private readonly byte[] allowed = new byte[MaskBytes];
    private readonly int[] threads;
    private int lastCaller = -1;

    public ThreadPlacement(int members)
    {
        threads = new int[members - 1];
        if (OperatingSystem.IsLinux())
        {
            fixed (byte* mask = allowed)
            {
                IsActive = members > 1 && GetAffinity(0, MaskBytes, mask) >= 0 && Count(allowed) >= members;
            }
        }
    }

    /// <summary>True when there is something to place.</summary>
    public bool IsActive { get; }

    /// <summary>Called once by every worker, on its own thread.</summary>
    public void Register(int worker)
    {
        if (IsActive)
        {
            Volatile.Write(ref threads[worker], ThreadId());
            Volatile.Write(ref lastCaller, -1);
        }
    }

    /// <summary>Called before each job, on the caller's thread: costs some twenty nanoseconds when the caller has not moved.</summary>
    public void Follow()
    {
        if (!IsActive)
        {
            return;
        }

        int caller = CurrentProcessor();
        if (caller < 0 || caller == Volatile.Read(ref lastCaller))
        {
            return;
        }

        Volatile.Write(ref lastCaller, caller);
        byte* mask = stackalloc byte[MaskBytes];
        allowed.CopyTo(new Span<byte>(mask, MaskBytes));
        if (caller / 8 < MaskBytes)
        {
            mask[caller / 8] &= (byte)~(1 << (caller % 8));
        }

        foreach (int thread in threads)
        {
            if (thread != 0)
            {
                // A refusal (a cpuset that just changed) leaves the thread where the scheduler wants it.
                _ = SetAffinity(thread, MaskBytes, mask);
            }
        }
    }

    private static int Count(byte[] mask) => mask.Sum(b => int.PopCount(b));

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int CurrentProcessor();

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, byte* mask);
}
