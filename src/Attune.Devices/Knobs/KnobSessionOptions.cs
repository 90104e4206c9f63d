namespace Attune.Devices.Knobs;

/// <summary>How a session turns knobs.</summary>
public sealed record KnobSessionOptions
{
    /// <summary>Where the system's files are; tests put a machine of their own there. Default <c>/</c>.</summary>
    public string Root { get; init; } = "/";

    /// <summary>True to write knobs beyond the process; false to only say what would be written. Default false.</summary>
    public bool Release { get; init; }

    /// <summary>True to go on although another program sets clocks too. Default false.</summary>
    public bool Force { get; init; }

    /// <summary>Most writes in a second, at least 1. Default 500.</summary>
    public int WritesPerSecond { get; init; } = 500;

    /// <summary>
    /// File that holds what undoes the writes. It is made for the first write and deleted in the end; no link, and no file of another user, is taken
    /// for it.
    /// </summary>
    public string RestorePath { get; init; } = RestoreFile.DefaultPath;

    /// <summary>
    /// Starts a process that puts everything back when this one is killed, given the restore file; disposed of when the session has put everything back itself.
    /// Null for none.
    /// </summary>
    public Func<string, IDisposable>? StartGuard { get; init; }

    /// <summary>
    /// Told what could not be put back, and lines of a restore file that name no knob. Called on any thread; null for nobody. Must not throw.
    /// </summary>
    public Action<string>? Notify { get; init; }

    /// <summary>Time, for the rate of writes.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
