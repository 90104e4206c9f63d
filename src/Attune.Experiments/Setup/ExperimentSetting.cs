using System.Collections.Immutable;

namespace Attune.Experiments.Setup;

/// <summary>What an experiment was run with, for its report.</summary>
/// <param name="Device">The device in words.</param>
/// <param name="IsRecorded">True when times come from recordings: there is no whole model then.</param>
/// <param name="Date">When it ended, UTC.</param>
/// <param name="Command">Command that repeats it.</param>
/// <param name="Scale">How much of the paper's experiment this is, one sentence.</param>
/// <param name="Arms">Tuners, the baseline first.</param>
/// <param name="Seeds">Searches per task and tuner.</param>
/// <param name="Trials">Most configurations per search.</param>
/// <param name="Groups">Networks or recorded devices.</param>
/// <param name="Tasks">Tasks in all.</param>
public sealed record ExperimentSetting(
    string Device,
    bool IsRecorded,
    DateTimeOffset Date,
    string Command,
    string Scale,
    ImmutableArray<string> Arms,
    int Seeds,
    int Trials,
    ImmutableArray<string> Groups,
    int Tasks)
{
    /// <summary>Says how far options are from the paper's scale.</summary>
    /// <param name="options">The options.</param>
    /// <param name="recorded">True for recorded devices.</param>
    /// <param name="networks">Networks or devices of this run.</param>
    /// <param name="searched">Tasks that were searched within a time limit, of how many; null when all were.</param>
    public static string ScaleOf(ExperimentOptions options, bool recorded, int networks, (int Done, int Of)? searched = null)
    {
        const int PaperNetworks = 5;
        int patience = options.Arms.Max(arm => arm.Patience);
        var parts = new List<string>
        {
            $"{options.Seeds} seed{(options.Seeds == 1 ? string.Empty : "s")} of {ExperimentOptions.PaperSeeds}",
            recorded
                ? $"{networks} recorded device{(networks == 1 ? string.Empty : "s")} instead of {PaperNetworks} networks"
                : $"{networks} network{(networks == 1 ? string.Empty : "s")} of {PaperNetworks}",
            $"at most {options.Trials} configurations per search, ended after {patience} without improvement (the papers: {ExperimentOptions.PaperPatience})",
        };
        if (!recorded)
        {
            parts.Add($"{options.LatencyRuns} of {ExperimentOptions.PaperLatencyRuns} runs per model");
        }

        if (searched is { } part)
        {
            parts.Add($"{part.Done} of {part.Of} tasks searched within the time limit, the others run their default configurations in all models");
        }

        bool full = searched is null && options.Seeds >= ExperimentOptions.PaperSeeds && networks >= PaperNetworks && !recorded
            && patience >= ExperimentOptions.PaperPatience && options.Trials > ExperimentOptions.PaperPatience
                && options.LatencyRuns >= ExperimentOptions.PaperLatencyRuns;
        return $"{(full ? "Full scale" : "Scaled down")}: {string.Join("; ", parts)}.";
    }
}
