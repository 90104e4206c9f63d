namespace Attune.Records.Journals;

/// <summary>Why a journal could not be used.</summary>
public enum JournalFailure
{
    /// <summary>The file does not exist.</summary>
    NotFound,

    /// <summary>The file holds something else; it was left untouched.</summary>
    NotAJournal,

    /// <summary>A newer version of the product wrote it.</summary>
    NewerSchema,

    /// <summary>The file or its folder may not be written or read.</summary>
    AccessDenied,

    /// <summary>No space is left; what was written before is safe.</summary>
    DiskFull,

    /// <summary>Another process is writing to it.</summary>
    InUse,

    /// <summary>It holds records already, and was to be a new one; it was left untouched.</summary>
    Exists,

    /// <summary>Any other failure of the file system.</summary>
    FileSystem,
}
