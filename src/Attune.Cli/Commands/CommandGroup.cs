using System.Collections.Immutable;
using Attune.Cli.Output;

namespace Attune.Cli.Commands;

/// <summary>A command that only holds others, such as <c>zoo list</c> and <c>zoo export</c>.</summary>
internal sealed class CommandGroup(string name, string summary, params ImmutableArray<CliCommand> children)
    : CliCommand(name, summary, [.. children.SelectMany(child => child.Examples)])
{
    /// <inheritdoc/>
    public override ImmutableArray<CliCommand> Children { get; } = children;

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string names = string.Join(", ", Children.Select(child => child.Command.Name));
        throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.Arguments,
            $"'{Command.Name}' needs one of: {names}.",
            $"attune {Command.Name} --help");
    }
}
