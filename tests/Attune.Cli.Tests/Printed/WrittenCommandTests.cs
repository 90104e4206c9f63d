using System.Text.RegularExpressions;
using Attune.Cli.Output;

namespace Attune.Cli.Tests.Printed;

/// <summary>Command lines that stand in help, documents and sources, read by a shell and by the real parser.</summary>
public sealed partial class WrittenCommandTests
{
    private static string Root { get; } = Repository.Root;

    [Fact]
    public void Every_example_of_help_parses()
    {
        int examples = 0;
        foreach ((string path, Cli.Commands.CliCommand command) in CommandText.All())
        {
            foreach (string example in command.Examples)
            {
                CommandText.ShouldParse(example, path);
                examples++;
            }
        }

        examples.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Every_command_of_the_documents_parses()
    {
        int commands = 0;
        string[] documents = [Path.Combine(Root, "README.md"), Path.Combine(Root, "CONTRIBUTING.md"), .. Directory.EnumerateFiles(
            Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)];
        foreach (string document in documents)
        {
            string text = File.ReadAllText(document).Replace("\\\n", " ");
            foreach (Match block in Fence().Matches(text))
            {
                foreach (string line in block.Groups["body"].Value.Split('\n').Where(line => DocumentLine().IsMatch(line)))
                {
                    CommandText.ShouldParse(line, document);
                    line.ShouldStartWith("./attune ", customMessage: $"{document}: blocks run in a checkout");
                    commands++;
                }
            }

            // In running text a command may be shortened to what the sentence is about, but there is such a command with such options.
            foreach (Match inline in Inline().Matches(Fence().Replace(text, string.Empty)))
            {
                Failure? misuse = CommandText.Misuse(inline.Groups["command"].Value);
                (misuse is null
                    || misuse.Message.StartsWith("Required", StringComparison.Ordinal)
                    || misuse.Message.StartsWith("Option '", StringComparison.Ordinal)
                    || misuse.Message.Contains("is required", StringComparison.Ordinal))
                    .ShouldBeTrue($"{document}: {inline.Value}: {misuse?.Message}");
                commands++;
            }
        }

        commands.ShouldBeGreaterThan(45);
    }

    [Fact]
    public void Every_command_in_a_text_of_the_sources_parses()
    {
        int commands = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/")))
        {
            foreach (string line in File.ReadLines(file).Where(IsPrinted))
            {
                foreach (Match literal in Literal().Matches(line))
                {
                    string text = Hole().Replace(literal.Groups["text"].Value.Replace("\\\"", "\""), "1");
                    foreach (Match mention in Mention().Matches(text))
                    {
                        Check(text, mention, file);
                        commands++;
                    }
                }
            }
        }

        commands.ShouldBeGreaterThan(80);
    }

    // Comments and names of threads are not printed.
    private static bool IsPrinted(string line) =>
        !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Contains("new Thread(", StringComparison.Ordinal);

    // A command that ends its text is meant to be pasted; others only name a command.
    private static void Check(string text, Match mention, string file)
    {
        string before = text[..mention.Index];
        if (before.Length == 0 || before.EndsWith(": ", StringComparison.Ordinal))
        {
            CommandText.ShouldParse(text[mention.Index..], file);
            return;
        }

        string[] words = text[mention.Index..].Split(' ')[1..];
        string named = new([.. words[0].TakeWhile(sign => char.IsAsciiLetter(sign) || sign == '-')]);
        (named is "--help" or "--version"
            || named == "run"
            || CommandText.All().Any(command => command.Path == named)).ShouldBeTrue($"{file}: there is no command '{named}': {text}");
    }

    [GeneratedRegex(
        @"^```sh[^\n]*\n(?<body>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(\./)?attune [a-z-]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DocumentLine();

    [GeneratedRegex(@"`(?<command>(\./)?attune [a-z-][^`]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Inline();

    [GeneratedRegex(@"""(?<text>([^""\\]|\\.)*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"(?<![\w./-])attune (?=(--)?[a-z])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mention();
}
