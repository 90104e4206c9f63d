using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;

namespace Attune.Cli.Commands;

/// <summary>One command: its arguments, its example, and what it does. A command returns data; it never prints.</summary>
internal abstract class CliCommand
{
    protected CliCommand(string name, string summary, params ImmutableArray<string> examples)
    {
        Command = new Command(name, summary);
        Examples = examples;
    }

    /// <summary>The command as the parser knows it.</summary>
    public Command Command { get; }

    /// <summary>Command lines shown by --help.</summary>
    public ImmutableArray<string> Examples { get; }

    /// <summary>Commands below this one; those have the actions then.</summary>
    public virtual ImmutableArray<CliCommand> Children => [];

    /// <summary>Does the work.</summary>
    /// <exception cref="CommandFailedException">An expected failure that leaves nothing to report.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public abstract Task<CommandResult> RunAsync(Invocation invocation);
}
