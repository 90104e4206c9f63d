namespace Attune.Records.Journals;

/// <summary>How a journal makes its records durable.</summary>
public sealed record JournalOptions
{
    /// <summary>Durable after every record, on the system clock.</summary>
    public static readonly JournalOptions Default = new();

    /// <summary>
    /// Records between two flushes to the disk. Unit: records; default 1; range 1 to any. Every record reaches the operating system at once whatever the
    /// value, so killing the process loses nothing; the flush matters for power cuts only. A flush costs about 0.1 to 5 ms, depending on the disk.
    /// </summary>
    public int SyncEveryRecords { get; init; } = 1;

    /// <summary>Longest time that a record waits for its flush while records keep coming. Default: no limit beyond <see cref="SyncEveryRecords"/>.</summary>
    public TimeSpan SyncEvery { get; init; } = TimeSpan.MaxValue;

    /// <summary>Clock of <see cref="SyncEvery"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
