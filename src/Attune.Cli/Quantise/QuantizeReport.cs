using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Compile.Quantisation.Equalisation;
using Attune.Compile.Quantisation.Samples;
using Attune.Compile.Quantisation.Session;
using Attune.Compile.Weights;
using Spectre.Console;

namespace Attune.Cli.Quantise;

/// <summary>The report of <c>attune quantize</c>.</summary>
internal static class QuantizeReport
{
    /// <summary>Data and text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="method">Name of the calibration method.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="target">The file that was written.</param>
    public static CommandResult Of(LoadedModel model, QuantiseOutcome outcome, string method, SampleSet samples, string target)
    {
        QuantisationCost cost = outcome.Cost;
        int layers = outcome.Quantised.Layers + outcome.Quantised.Kept.Length;
        var data = new
        {
            model.Network.Name,
            outcome.Quantised.Layers,
            Activations = outcome.Quantised.Values,
            Kept = outcome.Quantised.Kept.Select(layer => new { layer.Node, layer.Reason }),
            Calibration = new { Method = method, Samples = outcome.Calibrated, samples.IsRandom },
            Equalisation = outcome.Quantised.Equalisation is not { } ranges ? null : new
            {
                ranges.Pairs,
                ErrorBefore = Finite(ranges.ErrorBefore),
                ErrorAfter = Finite(ranges.ErrorAfter),
                ranges.IsKept,
            },
            Cost = new
            {
                cost.Samples,
                HeldOut = outcome.IsHeldOut,
                Outputs = cost.Outputs.Select(entry => new { entry.Output, RelativeError = Finite(entry.RelativeError) }),
                cost.Answers,
                cost.Agreement,
                cost.FloatAccuracy,
                cost.Accuracy,
            },
            Budget = outcome.Budget is not { } budget ? null : new
            {
                budget.Allowed,
                Loss = Finite(cost.Loss),
                LossOfAll = Finite(budget.LossOfAll),
                budget.Tried,
                Sensitivities = budget.Sensitivities.Select(layer => new { layer.Node, RelativeError = Finite(layer.RelativeError) }),
            },
            Mixed = outcome.Mixed is { } search ? MixedText.Data(search) : null,
            outcome.BytesBefore,
            outcome.BytesAfter,
            FileBytes = new FileInfo(target).Length,
        };
        return new CommandResult(data, report =>
        {
            report.Line($"Layers   {outcome.Quantised.Layers} of {layers} on bytes, {Units.Counted(data.Activations, "activation")}; calibrated on "
                + $"{(samples.IsRandom ? "random numbers, " : string.Empty)}{Units.Counted(outcome.Calibrated, "sample")} ({method})");
            report.Line($"Weights  {Units.Bytes(outcome.BytesBefore)} -> {Units.Bytes(outcome.BytesAfter)}");
            PrintRanges(report, outcome.Quantised.Equalisation);
            PrintCost(report, outcome);
            if (outcome.Budget is { } kept)
            {
                report.Line($"Budget   {Percent(kept.Allowed)} may be lost, {Percent(cost.Loss)} is{(kept.Sensitivities.IsEmpty ? " with all layers on bytes"
                    : $"; {Percent(kept.LossOfAll)} with all layers on bytes, {Units.Counted(kept.Tried, "network")} measured")}");
            }

            if (outcome.Mixed is { } mixed)
            {
                MixedText.Figures(report, mixed);
                MixedText.Tables(report, mixed);
            }

            // Of layers that were searched the table before says it.
            KeptLayer[] told = [.. outcome.Quantised.Kept.Where(layer => outcome.Mixed is null || !outcome.FloatLayers.Contains(layer.Node))];
            if (told.Length > 0)
            {
                report.Line(string.Empty);
                ReportTable.Print(report, ["in floats", "because"], told.Select(layer => new[] { layer.Node, layer.Reason }));
                report.Line(string.Empty);
            }
        })
        {
            Warnings = [.. model.Warnings, .. outcome.Warnings],
            Written = [target],
            Failure = outcome.IsInterrupted ? Interrupted(target) : null,
            Next = PrintedCommand.Of("tune", target, "-o", Path.ChangeExtension(target, RunnableModel.Extension)),
        };
    }

    /// <summary>The failure of a search that was cut short.</summary>
    /// <param name="target">The file that was written all the same.</param>
    public static Failure Interrupted(string target) => new(
        ExitCode.Stopped, ErrorCodes.Stopped, $"Interrupted. {target} holds the best within the budget that was found until then.", "Run the command again.");

    private static void PrintRanges(IAnsiConsole report, EqualisationReport? equalisation)
    {
        if (equalisation is { } ranges)
        {
            string errors = $"error {Error(ranges.ErrorBefore)} -> {Error(ranges.ErrorAfter)} on calibration samples";
            report.Line($"Ranges   channels of {Units.Counted(ranges.Pairs, "pair")} of layers {(ranges.IsKept ? $"made alike: {errors}"
                : $"left as they are, since made alike they are no better: {errors}")}");
        }
    }

    private static void PrintCost(IAnsiConsole report, QuantiseOutcome outcome)
    {
        QuantisationCost cost = outcome.Cost;
        string where = $"{Units.Counted(cost.Samples, outcome.IsHeldOut ? "sample" : "calibration sample")}{(outcome.IsHeldOut ? " held out" : string.Empty)}";
        string agreement = cost.Agreement is { } share
            ? $"; the largest output agrees in {Units.Percent(share)} of {Units.Counted(cost.Answers, "answer")}"
            : string.Empty;
        report.Line($"Cost     error {Error(cost.RelativeError)} of the output on {where}{agreement}");
        if (cost.Outputs.Length > 1)
        {
            foreach (OutputCost entry in cost.Outputs)
            {
                report.Line($"         {entry.Output}: error {Error(entry.RelativeError)}");
            }
        }

        if (cost.FloatAccuracy is { } before && cost.Accuracy is { } after)
        {
            report.Line($"         right answers {Units.Percent(before)} in floats, {Units.Percent(after)} on bytes");
        }
    }

    private static string Percent(double share) => double.IsFinite(share) ? $"{share * 100:0.##} %" : "without bound";

    private static string Error(double share) => double.IsFinite(share) ? $"{share * 100:0.00} %" : "without bound";

    // JSON has no infinity.
    private static double? Finite(double number) => double.IsFinite(number) ? number : null;
}
