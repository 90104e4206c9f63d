namespace Attune.Cli.Output;

/// <summary>Carries an expected failure from inside a command to the edge, where it is printed. Never caught in between.</summary>
internal sealed class CommandFailedException(Failure failure) : Exception(failure.Message)
{
    public CommandFailedException(ExitCode exit, string code, string message, string next)
        : this(new Failure(exit, code, message, next))
    {
    }

    public Failure Failure { get; } = failure;
}
