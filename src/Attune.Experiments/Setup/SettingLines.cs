using System.Collections.Immutable;

namespace Attune.Experiments.Setup;

/// <summary>The lines about device, date and command at the beginning of every report.</summary>
internal static class SettingLines
{
    public static ImmutableArray<string> Of(ExperimentSetting setting) =>
    [
        $"Device: {setting.Device}",
        $"Tuners: {string.Join(", ", setting.Arms)}; {setting.Seeds} seed{(setting.Seeds == 1 ? string.Empty : "s")}, at most {setting.Trials} configurations "
        + $"per search, {setting.Tasks} tasks",
        $"Date: {setting.Date:yyyy-MM-dd}",
        $"Command: {setting.Command}",
    ];
}
