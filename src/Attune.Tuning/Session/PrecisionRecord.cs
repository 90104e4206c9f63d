using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Session;
using Attune.Devices;
using Attune.Runtime;

namespace Attune.Tuning.Session;

/// <summary>What tuned models remember of being quantised. Stateless.</summary>
internal static class PrecisionRecord
{
    /// <summary>Name of a precision in files and on command lines.</summary>
    /// <param name="precision">The precision.</param>
    public static string NameOf(QuantisePrecision precision) => precision == QuantisePrecision.Int8 ? "i8" : "mixed";

    /// <summary>What is remembered.</summary>
    /// <param name="precision">What was asked for.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="key">What the choice depends on.</param>
    public static PrecisionSummary Of(PrecisionOptions precision, QuantiseOutcome outcome, string key) => new(
        NameOf(precision.Precision),
        outcome.Quantised.Layers,
        outcome.FloatLayers,
        Finite(outcome.Cost.Loss),
        precision.AllowedLoss ?? (precision.Precision == QuantisePrecision.Mixed ? QuantiseSession.MixedLoss : null),
        Finite(outcome.Cost.RelativeError),
        outcome.Cost.Samples)
    {
        BrainLayers = outcome.BrainLayers,
        FloatAccuracy = outcome.Cost.FloatAccuracy,
        Accuracy = outcome.Cost.Accuracy,
        Inputs = outcome.IsInterrupted ? null : key,
    };

    /// <summary>What an earlier tune chose for the same; null where there is none.</summary>
    /// <param name="path">The file that is about to be replaced; null for none.</param>
    /// <param name="key">What the choice depends on.</param>
    public static PrecisionSummary? Find(string? path, string key)
    {
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        Result<TunedModel, TunedModelError> earlier = TunedModelFile.Load(path);
        return earlier.Succeeded && earlier.Value.Precision is { } precision && precision.Inputs == key ? precision : null;
    }

    // JSON has no infinity.
    private static double? Finite(double number) => double.IsFinite(number) ? number : null;
}
