using Attune.Cli.Output;
using Attune.Cli.Quantise;
using Attune.Compile.Quantisation.Session;
using Attune.Runtime;
using Spectre.Console;

namespace Attune.Cli.Tune;

/// <summary>What a tune says about quantising the network first.</summary>
internal static class PrecisionText
{
    /// <summary>What was done and what it cost, in one line.</summary>
    /// <param name="outcome">What came of quantising.</param>
    public static string Line(QuantiseOutcome outcome)
    {
        int all = outcome.Quantised.Layers + outcome.FloatLayers.Length + outcome.BrainLayers.Length;
        string rounded = outcome.BrainLayers.IsEmpty ? string.Empty : $", {outcome.BrainLayers.Length} on bf16";
        string allowed = outcome.Budget is { } budget ? $", {Percent(budget.Allowed)} is allowed" : string.Empty;
        string answers = outcome.Cost is { FloatAccuracy: { } before, Accuracy: { } after }
            ? $", right answers {Units.Percent(before)} in floats, {Units.Percent(after)} now" : string.Empty;
        return $"{outcome.Quantised.Layers} of {Units.Counted(all, "layer")} on bytes{rounded}; {Percent(outcome.Cost.Loss)} lost on "
            + $"{Units.Counted(outcome.Cost.Samples, outcome.IsHeldOut ? "sample" : "calibration sample")}{(outcome.IsHeldOut ? " held out" : string.Empty)}"
            + $"{allowed}{answers}";
    }

    /// <summary>The lines of the report.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="outcome">What came of quantising.</param>
    public static void Print(IAnsiConsole report, QuantiseOutcome outcome)
    {
        report.Line($"Bytes   {Line(outcome)}");
        if (outcome.Mixed?.Figures is { } figures)
        {
            report.Line($"        untuned {Units.Milliseconds(figures.Floats.Ms)} in floats, {Units.Milliseconds(figures.Bytes.Ms)} with all layers on bytes, "
                + $"{Units.Milliseconds(figures.Chosen.Ms)} as chosen");
        }
    }

    /// <summary>The data of the report.</summary>
    /// <param name="summary">What the tuned model remembers.</param>
    /// <param name="outcome">What came of quantising.</param>
    public static object Data(PrecisionSummary summary, QuantiseOutcome outcome) => new
    {
        summary.Precision,
        summary.Layers,
        summary.FloatLayers,
        summary.BrainLayers,
        summary.Loss,
        summary.AllowedLoss,
        summary.RelativeError,
        summary.Samples,
        outcome.Cost.Agreement,
        summary.FloatAccuracy,
        summary.Accuracy,
        Search = outcome.Mixed is { } mixed ? MixedText.Data(mixed) : null,
    };

    /// <summary>What the user should know.</summary>
    /// <param name="outcome">What came of quantising.</param>
    public static IEnumerable<string> Warnings(QuantiseOutcome outcome)
    {
        foreach (string warning in outcome.Warnings)
        {
            yield return warning;
        }

        if (outcome.Quantised.Layers == 0 && outcome.BrainLayers.IsEmpty)
        {
            yield return "No layer is on bytes: no network that was tried was within the budget and faster than floats. The model is tuned as it is.";
        }

        if (outcome.IsInterrupted)
        {
            yield return "The search for precisions was interrupted; the best within the budget until then was taken. The same command searches again.";
        }
    }

    private static string Percent(double share) => double.IsFinite(share) ? $"{share * 100:0.##} %" : "everything";
}
