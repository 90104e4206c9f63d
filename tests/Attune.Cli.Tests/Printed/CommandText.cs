using System.Text.RegularExpressions;
using Attune.Cli.Commands;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Printed;

/// <summary>Command lines inside texts.</summary>
internal static partial class CommandText
{
    private static readonly CommandLine Parser = new(CommandList.All(), TimeProvider.System);

    /// <summary>
    /// The command of a "Next" text: all of it, or what follows the last ": ". Null when the text is a sentence without one. A command in the middle of a
    /// sentence could not be told from it, so there must be none.
    /// </summary>
    public static string? Of(string next)
    {
        Match command = Command().Match(next);
        if (!command.Success)
        {
            return null;
        }

        string before = next[..command.Index];
        (before.Length == 0 || before.EndsWith(": ", StringComparison.Ordinal)).ShouldBeTrue($"a command in mid-sentence: {next}");
        return next[command.Index..];
    }

    /// <summary>Asserts that the real parser takes a command.</summary>
    public static void ShouldParse(string command, string where)
    {
        string[] words = ShellWords.Of(command);
        Failure? misuse = Parser.Misuse(words[1..]);
        misuse.ShouldBeNull($"{where}: {command}: {misuse?.Message}");
    }

    /// <summary>What is wrong with a command, or null.</summary>
    public static Failure? Misuse(string command) => Parser.Misuse(ShellWords.Of(command)[1..]);

    /// <summary>All commands and their paths.</summary>
    public static IEnumerable<(string Path, CliCommand Command)> All() => Below(CommandList.All(), string.Empty);

    private static IEnumerable<(string Path, CliCommand Command)> Below(IEnumerable<CliCommand> commands, string prefix) =>
        commands.SelectMany(command => Below(command.Children, $"{prefix}{command.Command.Name} ").Prepend(($"{prefix}{command.Command.Name}", command)));

    [GeneratedRegex(@"(?<![\w./-])(\./)?attune (?=(--)?[a-z])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();
}
