using System.Collections.Immutable;
using Attune.Runtime;

namespace Attune.Compile.Models;

/// <summary>Configurations as the compiler of models takes them: knob texts by task key.</summary>
public static class TunedConfigurations
{
    /// <summary>None: every task runs its default.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> None { get; } =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>By task key.</summary>
    /// <param name="configurations">The configurations, each of another task.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Of(IEnumerable<TunedConfiguration> configurations) =>
        configurations.ToDictionary(configuration => configuration.Task, configuration => configuration.Knobs, StringComparer.Ordinal);
}
