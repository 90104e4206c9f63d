using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using Attune.Cli.Commands;
using Attune.Cli.Output;

namespace Attune.Cli;

/// <summary>The whole command line: parses, runs one command, prints its result, and turns every failure into a message and an exit code.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand root = new("Tunes ONNX models for the CPU at hand and runs them fast.");
    private readonly Dictionary<Command, CliCommand> commands = [];
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON document on stdout; progress stays on stderr.", Recursive = true };
    private readonly Option<bool> noColour = new("--no-color") { Description = "Print without colour (NO_COLOR does the same).", Recursive = true };
    private readonly TimeProvider clock;

    /// <summary>Builds the command line.</summary>
    /// <param name="available">The commands, in the order in which --help lists them.</param>
    /// <param name="clock">Time.</param>
    public CommandLine(IEnumerable<CliCommand> available, TimeProvider clock)
    {
        this.clock = clock;
        root.Options.Add(json);
        root.Options.Add(noColour);
        foreach (CliCommand command in available)
        {
            root.Subcommands.Add(command.Command);
            Register(command);
        }

        HelpPage.Install(root, commands);
    }

    /// <summary>Runs the command that the arguments name.</summary>
    /// <param name="arguments">Arguments of the process.</param>
    /// <param name="terminal">Streams; null makes those of the process.</param>
    /// <param name="cancellation">Set when the user interrupts.</param>
    /// <returns>Exit code of the process.</returns>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, Terminal? terminal, CancellationToken cancellation)
    {
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool asJson = arguments.Contains("--json");
        terminal ??= Terminal.OfProcess(arguments.Contains("--no-color"));
        if (AsksForInformation(parsed))
        {
            int code = await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error }, cancellation);
            return Settle(terminal, code == 0 ? ExitCode.Done : ExitCode.Usage, asJson);
        }

        if (UsageFailure.Of(parsed, commands) is { } usage)
        {
            ResultPrinter.Print(terminal, usage, asJson);
            return Settle(terminal, usage.Exit, asJson);
        }

        return await RunAsync(commands[parsed.CommandResult.Command], parsed, terminal, asJson, cancellation);
    }

    /// <summary>What is wrong with arguments, without running anything; null when the parser takes them.</summary>
    internal Failure? Misuse(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return AsksForInformation(parsed) ? null : UsageFailure.Of(parsed, commands);
    }

    private bool AsksForInformation(ParseResult parsed) =>
        root.Options.Any(option => option is HelpOption or VersionOption && option.Action is not null && ReferenceEquals(option.Action, parsed.Action));

    private async Task<ExitCode> RunAsync(CliCommand command, ParseResult parsed, Terminal terminal, bool asJson, CancellationToken cancellation)
    {
        var progress = new ProgressLine(terminal, clock);
        try
        {
            CommandResult result = await command.RunAsync(new Invocation(parsed, progress, clock, cancellation));
            progress.Finish();
            ResultPrinter.Print(terminal, result, asJson);
            if (terminal.Output.Loss is not null && !result.Written.IsEmpty)
            {
                // The files are there; what is worth knowing about them goes where it still can.
                ResultPrinter.Print(terminal.WithResultsOnError(), result, asJson);
            }

            return Settle(terminal, result.Exit, asJson);
        }
        catch (Exception exception)
        {
            progress.Finish();
            Failure failure = FailureOf.Exception(exception, clock);
            ResultPrinter.Print(terminal, failure, asJson);
            return Settle(terminal, failure.Exit, asJson);
        }
    }

    /// <summary>The exit code, once everything was printed: results that nobody got are a failure, unless the command had a graver one.</summary>
    private static ExitCode Settle(Terminal terminal, ExitCode exit, bool asJson)
    {
        if (terminal.Output.Loss is not { } why)
        {
            return exit;
        }

        var unprinted = new Failure(
            ExitCode.Usage,
            ErrorCodes.Unprintable,
            $"The results could not be printed: {why}",
            "Make room, or send the output elsewhere. Files that the command wrote are complete.");
        ResultPrinter.Print(terminal.WithResultsOnError(), unprinted, asJson);
        return exit == ExitCode.Done ? unprinted.Exit : exit;
    }

    private void Register(CliCommand command)
    {
        commands.Add(command.Command, command);

        // The parser wants an action to tell a runnable command from a group; running goes through RunAsync above, so that errors take one road.
        command.Command.SetAction(_ => 0);
        ImmutableArray<CliCommand> children = command.Children;
        foreach (CliCommand child in children)
        {
            command.Command.Subcommands.Add(child.Command);
            Register(child);
        }
    }
}
