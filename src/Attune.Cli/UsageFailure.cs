using System.CommandLine;
using System.CommandLine.Parsing;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Numerics.Words;
using ParsedCommand = System.CommandLine.Parsing.CommandResult;

namespace Attune.Cli;

/// <summary>Explains arguments that do not parse, with the word that was probably meant.</summary>
internal static class UsageFailure
{
    /// <summary>The failure of a parse, or null when the arguments are fine.</summary>
    public static Failure? Of(ParseResult parsed, IReadOnlyDictionary<Command, CliCommand> commands)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(parsed.CommandResult);
        if (parsed.UnmatchedTokens.FirstOrDefault() is { } token)
        {
            return token.StartsWith('-') ? UnknownOption(token, parsed.CommandResult, path) : UnknownWord(token, command, path);
        }

        if (parsed.Errors.Count > 0)
        {
            if (parsed.Errors[0].SymbolResult is OptionResult { Tokens.Count: > 0 } option && KindOf(option.Option.ValueType) is { } kind)
            {
                return new Failure(
                    ExitCode.Usage, ErrorCodes.BadValue, $"{option.Option.Name} takes {kind}, which '{option.Tokens[0].Value}' is not.", $"{path} --help");
            }

            return new Failure(ExitCode.Usage, ErrorCodes.Arguments, parsed.Errors[0].Message, $"{path} --help")
            {
                Details = [.. parsed.Errors.Skip(1).Select(error => error.Message)],
            };
        }

        return commands.ContainsKey(command)
            ? null
            : new Failure(ExitCode.Usage, ErrorCodes.Arguments, "No command was given.", "attune --help");
    }

    // The parser's own message names a .NET type.
    private static string? KindOf(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => "a whole number",
        TypeCode.Double => "a number",
        _ => null,
    };

    private static Failure UnknownOption(string token, ParsedCommand result, string path)
    {
        string word = token.Split('=', ':')[0];
        string? near = NearMiss.Find(word, OptionsOf(result).SelectMany(option => option.Aliases.Append(option.Name)));
        return new Failure(
            ExitCode.Usage,
            ErrorCodes.UnknownOption,
            $"'{path}' has no option '{word}'.{Suggest(near)}",
            $"{path} --help");
    }

    private static Failure UnknownWord(string token, Command command, string path)
    {
        if (command.Subcommands.Count == 0)
        {
            return new Failure(ExitCode.Usage, ErrorCodes.Arguments, $"'{path}' does not take '{token}': there is one argument too many.", $"{path} --help");
        }

        string? near = NearMiss.Find(token, command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name));
        return new Failure(ExitCode.Usage, ErrorCodes.UnknownCommand, $"'{path}' has no command '{token}'.{Suggest(near)}", $"{path} --help");
    }

    private static string Suggest(string? near) => near is null ? string.Empty : $" Did you mean '{near}'?";

    private static IEnumerable<Option> OptionsOf(ParsedCommand result)
    {
        IEnumerable<Option> options = result.Command.Options;
        for (SymbolResult? parent = result.Parent; parent is ParsedCommand above; parent = above.Parent)
        {
            options = options.Concat(above.Command.Options.Where(option => option.Recursive));
        }

        return options;
    }

    private static string PathOf(ParsedCommand result)
    {
        string path = result.Parent is ParsedCommand parent ? $"{PathOf(parent)} {result.Command.Name}" : "attune";
        return path;
    }
}
