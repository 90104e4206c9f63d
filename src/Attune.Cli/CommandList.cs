using System.Collections.Immutable;
using Attune.Cli.Commands;

namespace Attune.Cli;

/// <summary>Every command there is, in the order in which a newcomer needs them.</summary>
internal static class CommandList
{
    public static ImmutableArray<CliCommand> All() =>
    [
        new ExplainCommand(),
    ];
}
