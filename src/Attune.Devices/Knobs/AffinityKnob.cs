using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Attune.Devices.Knobs;

/// <summary>
/// How many of its processors the process uses: sets the affinity of all its threads to the first so many of those it started with. Needs no rights. Linux
/// only.
/// </summary>
internal sealed unsafe partial class AffinityKnob : IKnob
{
    private const int MaskBytes = 128;
    private readonly byte[] start = new byte[MaskBytes];

    private AffinityKnob(int processors) =>
        Description = new Knob("affinity", "count", [.. Enumerable.Range(1, processors).Select(i => (long)i)], BeyondProcess: false);

    /// <inheritdoc/>
    public Knob Description { get; }

    /// <summary>The knob of this process; null where there is none.</summary>
    public static AffinityKnob? Discover()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var mask = new byte[MaskBytes];
        fixed (byte* at = mask)
        {
            if (GetAffinity(0, MaskBytes, at) < 0)
            {
                return null;
            }
        }

        var knob = new AffinityKnob(mask.Sum(bits => int.PopCount(bits)));
        mask.CopyTo(knob.start, 0);
        return knob;
    }

    /// <inheritdoc/>
    public long? Read()
    {
        var mask = new byte[MaskBytes];
        fixed (byte* at = mask)
        {
            return GetAffinity(0, MaskBytes, at) < 0 ? null : mask.Sum(bits => int.PopCount(bits));
        }
    }

    /// <inheritdoc/>
    public KnobChange? Turn(long value)
    {
        var mask = new byte[MaskBytes];
        long left = value;
        for (int bit = 0; bit < MaskBytes * 8 && left > 0; bit++)
        {
            if ((start[bit / 8] >> (bit % 8) & 1) != 0)
            {
                mask[bit / 8] |= (byte)(1 << (bit % 8));
                left--;
            }
        }

        int refused = 0;
        fixed (byte* at = mask)
        {
            foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
            {
                // Threads may end while the list is read: only a refusal for all of them is one.
                refused += SetAffinity(int.Parse(Path.GetFileName(task)), MaskBytes, at) < 0 ? 1 : 0;
            }
        }

        // Threads that ended in between refuse too, so only what the process is left with tells.
        return refused > 0 && Read() is var now && now != value
            ? new KnobChange(Description.Id, value, now, KnobOutcome.Refused, $"affinity: {refused} threads refused the mask")
            : null;
    }

    /// <inheritdoc/>
    public KnobChange ReadBack(long asked)
    {
        long? now = Read();
        return new KnobChange(Description.Id, asked, now, now == asked ? KnobOutcome.Applied : KnobOutcome.Capped);
    }

    /// <summary>Nothing outlives the process, so nothing is to be put back by another one.</summary>
    public ImmutableArray<RestoreStep> Snapshot() => [];

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, byte* mask);
}
