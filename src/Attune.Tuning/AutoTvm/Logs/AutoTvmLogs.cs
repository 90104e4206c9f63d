using System.Collections.Immutable;
using Attune.Devices;
using Attune.Records;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>Logs of AutoTVM as tuning records.</summary>
/// <param name="Records">A record of every line that concerns a task of ours, in the order of the files; identical lines are taken once.</param>
/// <param name="Points">How many of them are points of a template here; the others are history of their tasks alone.</param>
/// <param name="Duplicates">Lines that had been taken before.</param>
/// <param name="Comments">Lines that begin with '#'.</param>
/// <param name="Skipped">Lines that gave no record, broken or of no task of ours.</param>
/// <param name="Notes">Why, as sentences: file, number of lines, and the first of them.</param>
public sealed record AutoTvmLogs(ImmutableArray<TuningRecord> Records, int Points, int Duplicates, int Comments, int Skipped, ImmutableArray<string> Notes)
{
    private const int MaxReasons = 20;
    private const int MaxQuoted = 3;

    // Records are a few kilobytes each; logs of a thousand trials a layer of a hundred layers stay far below.
    private const int MaxRecords = 1_000_000;

    /// <summary>
    /// Reads logs, plain or gzipped, of format 0.1 or 0.2: up to 512 MiB of text a file, and a million records together; what is beyond is noted.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static AutoTvmLogs Read(IEnumerable<string> paths) => Read(paths, MaxRecords);

    /// <summary>As <see cref="Read(IEnumerable{string})"/>, up to a number of records.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="limit">Records that are taken at most.</param>
    internal static AutoTvmLogs Read(IEnumerable<string> paths, int limit)
    {
        var records = ImmutableArray.CreateBuilder<TuningRecord>();
        var notes = ImmutableArray.CreateBuilder<string>();
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        var tasks = new AutoTvmTasks();
        int points = 0;
        int duplicates = 0;
        int comments = 0;
        int skipped = 0;
        foreach (string path in paths)
        {
            var reasons = new Dictionary<string, (int Lines, int First)>(StringComparer.Ordinal);
            AutoTvmTally tally = AutoTvmLogFile.Visit(path, (line, number) =>
            {
                Result<TuningRecord, string> made = records.Count < limit
                    ? AutoTvmImport.Of(line, tasks)
                    : $"lines beyond the first {Counted(limit)}, which is all that is read at once; read them as files of their own";
                if (!made.Succeeded)
                {
                    skipped++;
                    string reason = reasons.ContainsKey(made.Error) || reasons.Count < MaxReasons ? made.Error : "lines that are left out for other reasons";
                    (int lines, int first) = reasons.GetValueOrDefault(reason, (0, number));
                    reasons[reason] = (lines + 1, first);
                }
                else if (!sessions.Add(made.Value.Session))
                {
                    duplicates++;
                }
                else
                {
                    points += AutoTvmImport.IsPoint(made.Value) ? 1 : 0;
                    records.Add(made.Value);
                }
            });
            comments += tally.Comments;
            skipped += tally.FaultyLines;
            notes.AddRange(reasons.Select(reason => $"{path}: {reason.Value.Lines} {reason.Key} (first: line {reason.Value.First})."));
            if (tally.FaultyLines > 0)
            {
                string more = tally.FaultyLines > MaxQuoted ? "; ..." : string.Empty;
                string lines = tally.FaultyLines == 1 ? "line" : "lines";
                notes.Add($"{path}: {tally.FaultyLines} broken {lines} ({string.Join("; ", tally.Faults.Take(MaxQuoted))}{more}).");
            }
        }

        return new AutoTvmLogs(records.ToImmutable(), points, duplicates, comments, skipped, notes.ToImmutable());
    }

    private static string Counted(int records) => records == 1 ? "record" : $"{records} records";
}
