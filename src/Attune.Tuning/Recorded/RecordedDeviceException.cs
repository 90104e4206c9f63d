namespace Attune.Tuning.Recorded;

/// <summary>A recorded device could not be read. The message says what, where and why; <see cref="Next"/> what to do.</summary>
public sealed class RecordedDeviceException : IOException
{
    /// <summary>Makes the error.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="source">File or device.</param>
    /// <param name="line">Line, from 1, or null when no line is to blame.</param>
    /// <param name="reason">What is wrong, without an end mark.</param>
    /// <param name="next">What the user can do.</param>
    /// <param name="inner">Cause, or null.</param>
    public RecordedDeviceException(RecordedFailure failure, string source, long? line, string reason, string next, Exception? inner = null)
        : base(line is null ? $"{source}: {reason}." : $"{source}, line {line}: {reason}.", inner)
    {
        Failure = failure;
        File = source;
        Line = line;
        Next = next;
    }

    /// <summary>The kind of failure.</summary>
    public RecordedFailure Failure { get; }

    /// <summary>File or device.</summary>
    public string File { get; }

    /// <summary>Line, from 1, or null.</summary>
    public long? Line { get; }

    /// <summary>What the user can do.</summary>
    public string Next { get; }
}
