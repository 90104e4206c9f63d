using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records;

namespace Attune.Cli.Commands.Records;

/// <summary>The journals that a records command works on.</summary>
/// <param name="Paths">The files.</param>
/// <param name="Contents">What each holds.</param>
internal sealed record RecordFiles(ImmutableArray<string> Paths, ImmutableArray<JournalContents> Contents)
{
    /// <summary>All records, file after file.</summary>
    public IEnumerable<TuningRecord> Records => Contents.SelectMany(contents => contents.Records);

    /// <summary>What was skipped, grouped by file.</summary>
    public ImmutableArray<string> Warnings =>
    [
        .. Paths.Zip(Contents)
            .Where(file => file.Second.TornTail || !file.Second.Damage.IsEmpty)
            .Select(file => $"{file.First}: {Describe(file.Second)}"),
    ];

    /// <summary>The argument that names them.</summary>
    public static Argument<string[]> Argument() => new("FILE")
    {
        Description = "Records files. Default: the journal in the user's data folder.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Reads them.</summary>
    /// <exception cref="JournalException">One is missing, of a newer schema or no journal.</exception>
    public static RecordFiles Read(IReadOnlyCollection<string> paths)
    {
        if (paths.Count == 0 && !File.Exists(RecordFolder.DefaultJournal()))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"There are no tuning records yet: {RecordFolder.DefaultJournal()} does not exist.",
                "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune");
        }

        ImmutableArray<string> files = paths.Count > 0 ? [.. paths] : [RecordFolder.DefaultJournal()];
        return new RecordFiles(files, [.. files.Select(JournalReader.Read)]);
    }

    private static string Describe(JournalContents contents)
    {
        string damaged = contents.Damage.IsEmpty ? string.Empty : $"{contents.Damage.Length} damaged lines skipped (first: {contents.Damage[0]})";
        string torn = contents.TornTail ? "the last line was cut off in mid-write" : string.Empty;
        return string.Join("; ", new[] { damaged, torn }.Where(text => text.Length > 0));
    }
}
