using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Records;
using Attune.Records.Journals;

namespace Attune.Cli.Commands.Records;

/// <summary>The journals that a records command works on. They may be larger than memory, so records pass by one by one.</summary>
/// <param name="Paths">The files.</param>
internal sealed record RecordFiles(ImmutableArray<string> Paths)
{
    /// <summary>The argument that names them.</summary>
    public static Argument<string[]> Argument() => new("FILE")
    {
        Description = "Records files. Default: the journal in the user's data folder.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => [],
    };

    /// <summary>The files that the user named, or the default one.</summary>
    /// <exception cref="CommandFailedException">There is no default one yet.</exception>
    public static RecordFiles Of(IReadOnlyCollection<string> paths)
    {
        if (paths.Count == 0 && !File.Exists(RecordFolder.DefaultJournal()))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.FileAccess,
                $"There are no tuning records yet: {RecordFolder.DefaultJournal()} does not exist.",
                "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune");
        }

        return new RecordFiles(paths.Count > 0 ? [.. paths] : [RecordFolder.DefaultJournal()]);
    }

    /// <summary>Shows all records, file after file.</summary>
    /// <param name="visit">Told of each.</param>
    /// <returns>What was skipped, by file.</returns>
    /// <exception cref="JournalException">A file is missing, of a newer schema or no journal.</exception>
    public ImmutableArray<string> Visit(Action<TuningRecord> visit) => Warnings(Paths, [.. Paths.Select(path => JournalReader.Visit(path, visit))]);

    /// <summary>What was skipped, by file.</summary>
    public static ImmutableArray<string> Warnings(ImmutableArray<string> paths, ImmutableArray<JournalContents> contents) =>
    [
        .. paths.Zip(contents)
            .Where(file => file.Second.TornTail || !file.Second.Damage.IsEmpty)
            .Select(file => $"{file.First}: {Describe(file.Second)}"),
    ];

    private static string Describe(JournalContents contents)
    {
        string damaged = contents.Damage.IsEmpty ? string.Empty : $"{contents.Damage.Length} damaged lines skipped (first: {contents.Damage[0]})";
        string torn = contents.TornTail ? "the last line was cut off in mid-write" : string.Empty;
        return string.Join("; ", new[] { damaged, torn }.Where(text => text.Length > 0));
    }
}
