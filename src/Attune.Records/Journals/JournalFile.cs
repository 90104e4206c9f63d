using Attune.Devices.Files;
using Attune.Records.Lines;

namespace Attune.Records.Journals;

/// <summary>Writes whole journals. Stateless.</summary>
public static class JournalFile
{
    /// <summary>Checks that a journal about to be made takes the place of nothing.</summary>
    /// <param name="target">The file.</param>
    /// <exception cref="JournalException">It holds records or something else, or the file system refuses.</exception>
    public static void RequireNew(string target)
    {
        RequireNoRecords(target);
        LineFile.RequireReplaceable(target, Journal.Kind);
    }

    /// <summary>Checks that a file about to be written takes the place of no journal.</summary>
    /// <param name="target">The file.</param>
    /// <exception cref="JournalException">It holds records, or the file system refuses.</exception>
    public static void RequireNoRecords(string target)
    {
        if (LineFile.Holds(target, Journal.Kind))
        {
            throw new JournalException(
                JournalFailure.Exists,
                target,
                $"'{target}' holds tuning records and was left as it is.",
                "Name another file; to join two files of records: attune records merge FILE FILE -o FILE");
        }
    }

    /// <summary>Makes a journal of records, written beside the target and renamed, so that the target is complete or untouched.</summary>
    /// <param name="target">Journal to write; replaced when it exists and is one. A link to it stays one.</param>
    /// <param name="records">Gives the records; asked while nobody else can write to the target, which it may read.</param>
    /// <exception cref="JournalException">The target cannot be written, is something else, or is in use.</exception>
    public static void Replace(string target, Func<IEnumerable<TuningRecord>> records)
    {
        string path = Path.GetFullPath(target);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using FileStream? owner = File.Exists(path) ? LineFile.Open(path, Journal.Kind) : null;
            path = owner is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            IEnumerable<TuningRecord> all = records();
            AtomicFile.Write(path, file =>
            {
                foreach (TuningRecord record in all)
                {
                    file.Write(JournalLine.Encode(record));
                }
            });
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, target, "write");
        }
    }
}
