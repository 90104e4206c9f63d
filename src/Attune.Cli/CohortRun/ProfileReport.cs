using System.Globalization;
using Attune.Cli.Output;
using Attune.Cohort.Profiles;
using Attune.Cohort.Profiling;
using Attune.Compile.Forms;
using Attune.Compile.LowRank;
using Spectre.Console;

namespace Attune.Cli.CohortRun;

/// <summary>The report of <c>attune cohort profile</c>.</summary>
internal static class ProfileReport
{
    /// <summary>Data and text.</summary>
    public static CommandResult Of(NetworkProfile result, FormedModel forms, CalibrationSet set, string path, string? formed, string? untuned)
    {
        CohortProfile profile = result.Profile;
        int fastest = profile.FastestSetting();
        var data = new
        {
            profile.Network,
            profile.Machine,
            Device = profile.Device.ToString(),
            profile.Origin,
            Energy = profile.Energy.ToString().ToLowerInvariant(),
            Stages = profile.Stages.Select(stage => stage.Name),
            result.BoundaryUs,
            Settings = profile.Settings.Select((setting, i) => new
            {
                Setting = profile.SettingText(i),
                Variants = profile.Variants.Select(
                    (variant, v) =>
                        new { variant.Name, TotalUs = profile.TotalUs(i, v), EnergyMj = setting.Variants[v].StageMilliJoules.DefaultIfEmpty().Sum() }),
            }),
            Accuracy = result.Accuracy.Select(accuracy => new { accuracy.Variant, accuracy.Top1, accuracy.Top5, accuracy.ExactTop1, accuracy.LossPoints }),
            Calibration = new { Samples = set.Inputs.Length, set.IsRandom, Labelled = !set.Labels.IsEmpty },
            Forms = forms.Layers.Select(layer => new
            {
                layer.Node,
                layer.Form,
                Precision = (layer as PrecisionForm)?.Precision,
                Split = (layer as LowRankLayer)?.Split.ToString().ToLowerInvariant(),
                (layer as LowRankLayer)?.Rank,
                (layer as LowRankLayer)?.MacShare,
                (layer as LowRankLayer)?.RelativeError,
                (layer as LowRankLayer)?.OutputError,
                Kept = !forms.Dropped.Contains((layer.Node, layer.Form)),
                Time = forms.Times.FirstOrDefault(time => time.Node == layer.Node && time.Form == layer.Form),
            }),
            Model = formed,
            Profile = path,
        };
        return new CommandResult(data, report =>
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"{profile.Network}: {Units.Milliseconds(profile.TotalUs(fastest, 0) / 1000)} exact at "
                + $"{profile.SettingText(fastest)}, {Units.Counted(profile.Stages.Length, "stage")}; a boundary costs {result.BoundaryUs:0.0} us"));
            PrintSettings(report, profile);
            PrintAccuracy(report, result, set);
            if (forms.Layers.Length > 0)
            {
                report.Line($"forms: {forms.Layers.Length - forms.Dropped.Count} of {forms.Layers.Length} kept, {forms.Dropped.Count} were not faster "
                    + "than the layer they stand for");
            }
        })
        {
            Warnings = [.. untuned is null ? (string[])[] : [untuned], .. Warnings(result, forms, set)],
            Written = formed is null ? [path] : [path, formed],
            Next = null,
        };
    }

    private static void PrintSettings(IAnsiConsole report, CohortProfile profile)
    {
        bool energy = profile.Energy != EnergySource.None;
        string word = profile.Energy == EnergySource.Estimated ? "mJ estimated" : "mJ";
        string[] columns = ["setting", .. profile.Variants.SelectMany(
            variant => energy ? new[] { $">{variant.Name} ms", $">{word}" } : [$">{variant.Name} ms"])];
        ReportTable.Print(report, columns, profile.Settings.Select((setting, i) => (IReadOnlyList<string>)
        [
            profile.SettingText(i),
            .. profile.Variants.SelectMany((_, v) =>
            {
                string time = (profile.TotalUs(i, v) / 1000).ToString("0.000", CultureInfo.InvariantCulture);
                return energy ? new[] { time, setting.Variants[v].StageMilliJoules.Sum().ToString("0.0", CultureInfo.InvariantCulture) } : [time];
            }),
        ]));
    }

    private static void PrintAccuracy(IAnsiConsole report, NetworkProfile result, CalibrationSet set)
    {
        if (result.Accuracy.Length < 2)
        {
            return;
        }

        string what = set.Labels.IsEmpty ? "agreement with the exact network" : "accuracy";
        report.Line($"{what} on {set.Description}:");
        ReportTable.Print(
            report,
            ["variant", ">top-1", ">top-5"],
            result.Accuracy.Select(accuracy => (IReadOnlyList<string>)[accuracy.Variant, Units.Percent(accuracy.Top1), Units.Percent(accuracy.Top5)]));
    }

    private static IEnumerable<string> Warnings(NetworkProfile result, FormedModel forms, CalibrationSet set)
    {
        if (set.IsRandom && result.Accuracy.Length > 1)
        {
            yield return "Accuracy was judged on random inputs, which say little about real ones: give --calibration with inputs of the application.";
        }

        if (forms.Refusal is { } refusal)
        {
            yield return $"No forms on narrower numbers were made: {refusal}";
        }

        if (forms.Layers.Length > 0 && forms.Dropped.Count == forms.Layers.Length)
        {
            yield return "No form is faster than its layer, so the network has only its exact variant: try smaller shares, or other forms.";
        }

        foreach (string note in result.Notes.Distinct())
        {
            yield return note;
        }
    }
}
