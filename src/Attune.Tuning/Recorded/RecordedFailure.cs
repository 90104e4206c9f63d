namespace Attune.Tuning.Recorded;

/// <summary>Why a recorded device could not be read.</summary>
public enum RecordedFailure
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable,

    /// <summary>The content is none of the formats, or breaks its rules.</summary>
    Malformed,

    /// <summary>The content exceeds a limit that guards against hostile or broken files.</summary>
    TooLarge,

    /// <summary>There is no configuration in it.</summary>
    Empty,

    /// <summary>The file holds several tasks and none of them was named, or the named one is not there.</summary>
    TaskUnclear,
}
