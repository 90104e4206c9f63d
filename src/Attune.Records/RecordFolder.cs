using Attune.Records.Journals;

namespace Attune.Records;

/// <summary>Where records live unless the user names a file.</summary>
public static class RecordFolder
{
    /// <summary>File name of the default journal.</summary>
    public const string JournalName = "tuning.jsonl";

    /// <summary>Path of the default journal.</summary>
    public static string DefaultJournal() => Path.Combine(Default(Environment.GetEnvironmentVariable), JournalName);

    /// <summary>
    /// The product's data folder: <c>ATTUNE_HOME</c>, else <c>XDG_DATA_HOME/attune</c> (only when absolute, as the XDG rules ask), else the system's folder for
    /// local application data (<c>~/.local/share/attune</c> on Linux).
    /// </summary>
    /// <param name="environment">Reads an environment variable; null when unset.</param>
    /// <exception cref="JournalException">No folder can be named: there is no home folder either.</exception>
    public static string Default(Func<string, string?> environment)
    {
        if (environment("ATTUNE_HOME") is { Length: > 0 } own)
        {
            return Path.GetFullPath(own);
        }

        if (environment("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathFullyQualified(data))
        {
            return Path.Combine(data, "attune");
        }

        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0
            ? Path.Combine(local, "attune")
            : throw new JournalException(
                JournalFailure.NotFound,
                JournalName,
                "There is no folder for tuning records: neither ATTUNE_HOME nor XDG_DATA_HOME is set, and the user has no home folder.",
                "Set ATTUNE_HOME to a folder, or name a file with --records FILE.");
    }
}
