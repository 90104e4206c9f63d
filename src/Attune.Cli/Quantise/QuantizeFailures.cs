using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Mixed;
using Attune.Compile.Quantisation.Session;

namespace Attune.Cli.Quantise;

/// <summary>Turns what keeps a network from being quantised into failures of a command.</summary>
internal static class QuantizeFailures
{
    /// <summary>The failure when a search for precisions left every layer in floats, so that there is nothing to write.</summary>
    /// <param name="model">The model.</param>
    /// <param name="outcome">What came of it.</param>
    public static Failure Nothing(LoadedModel model, QuantiseOutcome outcome)
    {
        CandidateTrial[] within = [.. outcome.Mixed!.Trials.Where(trial => trial.IsWithin)];
        double allowed = outcome.Mixed.Allowed * 100;
        string why = outcome.Mixed.Front.All(point => point.IsFloat) ? "no layer is faster on bytes here"
            : within.Length > 0 ? "none of those within the budget was faster than floats for certain"
            : FormattableString.Invariant($"each of the {outcome.Mixed.Trials.Length} that were tried lost more than the {allowed:0.##} % that may be");
        return new Failure(
            ExitCode.Gate,
            ErrorCodes.BudgetNotKept,
            $"No network on bytes is faster than {model.BaseName} in floats and within the budget: {why}. Nothing was written.",
            within.Length > 0 || outcome.Mixed.Front.All(point => point.IsFloat) ? "Use the model as it is, or --precision i8 for smaller weights."
                : "Allow more, give more samples, or try another calibration method.")
        {
            Details = [.. outcome.Quantised.Kept.Select(layer => $"{layer.Node}: {layer.Reason}")],
        };
    }

    /// <summary>The failure.</summary>
    public static CommandFailedException Of(QuantiseError error)
    {
        (ExitCode exit, string code) = error.Failure switch
        {
            QuantiseFailure.Model => (ExitCode.Model, ErrorCodes.NotQuantisable),
            QuantiseFailure.Samples => (ExitCode.Usage, ErrorCodes.UnfitSamples),
            QuantiseFailure.Budget => (ExitCode.Gate, ErrorCodes.BudgetNotKept),
            _ => (ExitCode.Usage, ErrorCodes.BadValue),
        };
        return new CommandFailedException(new Failure(exit, code, error.Message, error.Next) { Where = error.Where });
    }
}
