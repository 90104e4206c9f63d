using System.CommandLine;
using Attune.Cli.Output;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune explain</c>: what a code means.</summary>
internal sealed class ExplainCommand : CliCommand
{
    private readonly Argument<string> subject = new("CODE") { Description = "A code such as AT2020." };

    public ExplainCommand()
        : base("explain", "Say what an error code means.", "attune explain AT2020")
    {
        Command.Arguments.Add(subject);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        return Task.FromResult(Code(invocation.Value(subject)!));
    }

    private static CommandResult Code(string code)
    {
        string? meaning = ErrorCodes.Meanings.GetValueOrDefault(code.ToUpperInvariant());
        if (meaning is null)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.UnknownCode, $"There is no code {code}.", "attune --help");
        }

        return new CommandResult(new { code, meaning }, report => report.MarkupLineInterpolated($"{code}  {meaning}"));
    }
}
