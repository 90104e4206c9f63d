using System.Collections.Immutable;
using Spectre.Console;

namespace Attune.Cli.Output;

/// <summary>What a command found: data first, printing last. The same data become the JSON document or the report for people.</summary>
/// <param name="Data">Object whose properties are the keys of the JSON document (in snake case).</param>
/// <param name="Report">Prints the data for people; not called with --json.</param>
internal sealed record CommandResult(object Data, Action<IAnsiConsole> Report)
{
    /// <summary>Set when the command did its work but the answer is a failure, for example a gate; the data are printed too.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What the user should know although nothing failed.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Paths of the files written, printed at the end of the report.</summary>
    public ImmutableArray<string> Written { get; init; } = [];

    /// <summary>The next useful command, or null.</summary>
    public string? Next { get; init; }

    /// <summary>Exit code of the process.</summary>
    public ExitCode Exit => Failure?.Exit ?? ExitCode.Done;
}
