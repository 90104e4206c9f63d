namespace Attune.Tuning.Transfer;

/// <summary>Why a prior file cannot be used.</summary>
public enum PriorFailure
{
    /// <summary>There is no such file, or it may not be read or written.</summary>
    Unreadable,

    /// <summary>The file is not a prior at all.</summary>
    Foreign,

    /// <summary>The file was written by another version in another layout.</summary>
    Schema,

    /// <summary>The file was damaged: its checksum does not match, or it ends early.</summary>
    Corrupt,
}
