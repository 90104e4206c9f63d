namespace Attune.Tuning.Recorded;

/// <summary>What is wrong with files of recorded devices.</summary>
public enum RecordedSetFailure
{
    /// <summary>A file is not there, or cannot be read.</summary>
    Unreadable,

    /// <summary>A file is malformed, or no configuration in any of them works.</summary>
    Malformed,

    /// <summary>Two devices have one name.</summary>
    SameName,
}
