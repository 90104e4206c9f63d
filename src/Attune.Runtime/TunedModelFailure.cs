namespace Attune.Runtime;

/// <summary>Why a tuned-model file could not be read or written.</summary>
public enum TunedModelFailure
{
    /// <summary>The file, or the folder to write to, does not exist.</summary>
    NotFound,

    /// <summary>It may not be read or written.</summary>
    AccessDenied,

    /// <summary>The file is something else.</summary>
    NotATunedModel,

    /// <summary>The file ends too early.</summary>
    Truncated,

    /// <summary>Bytes changed since it was written, or it was repacked.</summary>
    Corrupt,

    /// <summary>Its hashes match but its content makes no sense.</summary>
    Malformed,

    /// <summary>A newer version of the product wrote it.</summary>
    NewerVersion,

    /// <summary>A part exceeds what the format allows.</summary>
    TooLarge,

    /// <summary>The devices that it was tuned for are not here.</summary>
    DeviceMissing,

    /// <summary>No space is left; the target is as it was.</summary>
    DiskFull,

    /// <summary>Any other failure of the file system.</summary>
    FileSystem,
}
