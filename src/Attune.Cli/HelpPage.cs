using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Attune.Cli.Commands;
using Attune.Cli.Output;

namespace Attune.Cli;

/// <summary>Adds to the parser's help pages what people look for first: examples, and on the front page the exit codes.</summary>
internal static class HelpPage
{
    private static readonly string[] ExitCodeLines =
    [
        "0  done",
        "1  a defect of Attune (a crash file was written)",
        "2  wrong arguments, or a file that cannot be read or written",
        "3  model malformed or not supported",
        "4  a device or a peer is missing",
        "5  a gate failed: wrong or slower",
        "6  stopped early; the same command resumes",
    ];

    /// <summary>Installs the pages on a root command.</summary>
    public static void Install(RootCommand root, IReadOnlyDictionary<Command, CliCommand> commands)
    {
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction usual })
            {
                // A fixed width keeps pages the same in a terminal, in a pipe and in tests.
                usual.MaxWidth = 120;
                option.Action = new Page(usual, root, commands);
            }
        }
    }

    private static void WriteExamples(TextWriter output, CliCommand command)
    {
        output.WriteLine(command.Examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in command.Examples)
        {
            output.WriteLine($"  {PrintedCommand.Named(example)}");
        }

        output.WriteLine();
    }

    private static void WriteFrontPage(TextWriter output)
    {
        output.WriteLine("Exit codes:");
        foreach (string line in ExitCodeLines)
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        output.WriteLine(PrintedCommand.Named("MODEL is an ONNX file, or zoo:NAME (see attune zoo list)."));
    }

    private sealed class Page(HelpAction usual, RootCommand root, IReadOnlyDictionary<Command, CliCommand> commands) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Command command = parseResult.CommandResult.Command;
            InvocationConfiguration streams = parseResult.InvocationConfiguration;
            TextWriter output = streams.Output;

            // The parser's page knows the program by its file only, not by what it was called.
            var page = new StringWriter();
            streams.Output = page;
            int code = usual.Invoke(parseResult);
            streams.Output = output;
            output.Write(PrintedCommand.Named(page.ToString()));
            if (command == root)
            {
                WriteFrontPage(output);
            }
            else if (commands.TryGetValue(command, out CliCommand? known) && !known.Examples.IsEmpty)
            {
                WriteExamples(output, known);
            }

            return code;
        }
    }
}
