using Attune.Runtime;

namespace Attune.Cli.Models;

/// <summary>Configurations as the compiler of models takes them: knob texts by task key.</summary>
internal static class TunedConfigurations
{
    /// <summary>None: every task runs its default.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> None { get; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Those of a tuned model.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Of(TunedModel model) =>
        model.Configurations.ToDictionary(configuration => configuration.Task, configuration => configuration.Knobs);
}
