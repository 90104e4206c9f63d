using System.CommandLine;
using System.Text.RegularExpressions;
using Attune.Devices;

namespace Attune.Cli.Output;

/// <summary>Command lines that help, reports and failures print: whoever pastes one into a shell must get what was meant.</summary>
internal static partial class PrintedCommand
{
    /// <summary>What texts call the program where they do not know how it was started.</summary>
    public const string UsualName = "attune";

    private const string NameVariable = "ATTUNE_COMMAND";

    /// <summary>What the program was started as, ready for a shell: a launcher tells it in ATTUNE_COMMAND.</summary>
    public static string Name => Environment.GetEnvironmentVariable(NameVariable) is { Length: > 0 } given ? ShellWord.Of(given) : UsualName;

    /// <summary>Whether ./attune of a checkout started this process: only there are the things that are built or fetched from a checkout.</summary>
    public static bool IsFromCheckout => Environment.GetEnvironmentVariable(NameVariable) is { Length: > 0 };

    /// <summary>A command line.</summary>
    /// <param name="words">The arguments, as the process gets them; those that a shell would change are quoted.</param>
    public static string Of(params IEnumerable<string> words) => string.Join(' ', words.Select(ShellWord.Of).Prepend(Name));

    /// <summary>Options as the user gave them to the command under way, to be handed on; nothing for those left at their default.</summary>
    /// <param name="arguments">The command under way.</param>
    /// <param name="options">Options that the next command takes too.</param>
    public static IEnumerable<string> Given(ParseResult arguments, params IEnumerable<Option> options) =>
        options.Select(arguments.GetResult)
            .Where(result => result is { Implicit: false })
            .SelectMany(
                result => result!.Tokens.Count == 0 ? [result.Option.Name] : result.Tokens.SelectMany(token => (string[])[result.Option.Name, token.Value]));

    /// <summary>Puts the real name where a text says <c>attune COMMAND</c>.</summary>
    public static string Named(string text) => Name is var name && name == UsualName ? text : Mention().Replace(text, _ => name);

    // A command word follows; ".attune files" and paths that end in attune are no commands.
    [GeneratedRegex(@"(?<![\w./-])attune(?= (?:--)?[a-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mention();
}
