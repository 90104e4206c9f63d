using System.Text.Json;
using Attune.Compile.Compute;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Measuring.Models;
using Attune.Records;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>Why a session gave no tuned model. One of the records derived from it.</summary>
/// <param name="Message">What went wrong and why.</param>
/// <param name="Next">What to do about it.</param>
public abstract record TuneError(string Message, string Next);

/// <summary>Every candidate failed, so there was nothing to choose from.</summary>
/// <param name="Report">What was tried.</param>
public sealed record CandidatesFailed(TuningReport Report) : TuneError(
    $"None of {Report.Trials} candidates worked ({CausesOf(Report)}), so nothing was written.",
    "The report's first failure says what happened; as a rule the machine or the way workers are started is at fault.")
{
    private static string CausesOf(TuningReport report) => string.Join(", ", report.Tasks
        .SelectMany(task => task.Outcomes)
        .GroupBy(pair => pair.Key, pair => pair.Value)
        .Select(cause => (Cause: cause.Key, Count: cause.Sum()))
        .OrderByDescending(cause => cause.Count)
        .Select(cause => $"{cause.Count} {Word(cause.Cause)}"));

    private static string Word(Outcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()).Replace('_', ' ');
}

/// <summary>The whole model computes something else than the reference kernels, with default configurations too.</summary>
/// <param name="Difference">The worst output.</param>
/// <param name="Tolerance">Largest allowed error relative to the largest magnitude of an output.</param>
public sealed record ModelDiffers(OutputError Difference, double Tolerance) : TuneError(
    $"The compiled model differs from the reference kernels: output '{Difference.Output}' by {Difference.MaxRelError:0.##e+0} of its largest magnitude, the "
    + $"tolerance is {Tolerance:0.##e+0}. "
    + "It does so with default configurations too, so a kernel or a fusion of this version computes this model wrongly. Nothing was written.",
    "Please report it with the model. Until it is mended, a tune without some fusions may avoid it.");

/// <summary>The device cannot be used, or failed while the model was tuned.</summary>
/// <param name="Device">The device.</param>
/// <param name="Reason">What it said, as a sentence without a full stop.</param>
public sealed record DeviceFailed(DeviceProfile Device, string Reason) : TuneError(
    $"{Device.Name} ({Device.Description}) failed: {Reason}. Nothing was written; every trial until then is in the records.",
    "Look at the device (attune doctor), then run the same command again: it goes on from the records.");

/// <summary>No weights of the model can be stored in the format asked for.</summary>
/// <param name="Narrowed">The network, with the layers that could not and why.</param>
public sealed record FormatUnused(NarrowedNetwork Narrowed) : TuneError(
    $"No weights can be stored as {WeightFormats.NameOf(Narrowed.Format)}: "
    + (Narrowed.Kept.IsEmpty
        ? "there are neither dense layers nor 1x1 convolutions with constant weights."
        : $"{string.Join("; ", KeptLayers.ByReason(Narrowed.Kept))}."),
    "Store weights as 32-bit floats.");

/// <summary>No layer of the model can multiply in the format asked for.</summary>
/// <param name="Computed">The network, with the layers that could not and why.</param>
public sealed record ComputeUnused(ComputedNetwork Computed) : TuneError(
    "No layer can multiply brain floats: "
    + (Computed.Kept.IsEmpty
        ? "there are neither convolutions nor dense layers with constant weights and kernels of their own."
        : $"{string.Join("; ", KeptLayers.ByReason(Computed.Kept))}."),
    "Leave the arithmetic in 32-bit floats.");
