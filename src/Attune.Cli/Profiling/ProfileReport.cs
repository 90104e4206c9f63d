using Attune.Cli.Output;
using Attune.Compile.Diagnostics;
using Spectre.Console;

namespace Attune.Cli.Profiling;

/// <summary>A profile as people read it, and as data.</summary>
internal static class ProfileReport
{
    /// <summary>The profile's part of a JSON document.</summary>
    public static object Data(ModelProfile profile) => new
    {
        profile.Runs,
        profile.Speed.Threads,
        profile.Speed.PeakFlops,
        profile.Speed.BytesPerSecond,
        profile.Totals.RunMs,
        profile.Totals.InStepsMs,
        profile.Totals.BetweenStepsMs,
        profile.Totals.OtherMs,
        profile.Layers,
    };

    /// <summary>Prints the table and the sums.</summary>
    public static void Print(IAnsiConsole report, ModelProfile profile)
    {
        report.Line(string.Empty);
        report.Line($"Profile {Units.Counted(profile.Runs, "run")}; this machine: {Units.Count(profile.Speed.PeakFlops)}FLOP/s, "
            + $"{Units.Count(profile.Speed.BytesPerSecond)}B/s with {profile.Speed.Threads} thread{(profile.Speed.Threads == 1 ? string.Empty : "s")}");
        ReportTable.Print(
            report,
            [
                "layer", "what", "algorithm", ">time", ">+-", ">share", ">GFLOP/s", ">executed", ">GB/s", "bound by", ">roofline", ">of executed", ">waiting",
                ">units", "tile",
            ],
            profile.Layers.Select(Row));
        ProfileTotals totals = profile.Totals;
        report.Line(string.Empty);
        report.Line($"Run     {Units.Milliseconds(totals.RunMs)} = {Units.Milliseconds(totals.InStepsMs)} in steps + "
            + $"{Units.Milliseconds(totals.BetweenStepsMs)} waiting between them + {Units.Milliseconds(totals.OtherMs)} not attributed");
    }

    private static string[] Row(LayerProfile layer)
    {
        bool computes = layer.Algorithm is not null;
        return
        [
            layer.Layer,
            layer.Title,
            layer.Algorithm ?? string.Empty,
            Units.Milliseconds(layer.Ms),
            layer.Ms > 0 ? $"{layer.SpreadMs / layer.Ms * 100:0} %" : string.Empty,
            Units.Percent(layer.Share),
            computes ? $"{layer.Gflops:0.0}" : string.Empty,
            computes && layer.ExecutedFlops != layer.Flops ? $"{layer.ExecutedGflops:0.0}" : string.Empty,
            $"{layer.Gbs:0.0}",
            layer.Bound,
            $"{layer.RooflineShare * 100:0} %",
            layer.ExecutedFlops == layer.Flops ? string.Empty : $"{layer.ExecutedRooflineShare * 100:0} %",
            $"{layer.WaitShare * 100:0} %",
            layer.WorkUnits.Any(units => units > 0) ? string.Join('+', layer.WorkUnits) : string.Empty,
            layer.Tile ?? string.Empty,
        ];
    }
}
