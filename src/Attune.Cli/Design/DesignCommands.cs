using System.Collections.Immutable;
using Attune.Cli.Commands;

namespace Attune.Cli.Design;

/// <summary>The commands on families of models and this machine.</summary>
internal static class DesignCommands
{
    /// <summary>All of them, in the order in which a newcomer needs them.</summary>
    public static ImmutableArray<CliCommand> All() =>
    [
        new CommandGroup("space", "Describe a family of models.", new SpaceCheckCommand()),
        new CommandGroup("proxy", "Make devices proxies for others.", new ProxyBuildCommand()),
        new AssessCommand(),
        new AdaptCommand(),
        new OptimizeCommand(),
        new FrontCommand(),
    ];
}
