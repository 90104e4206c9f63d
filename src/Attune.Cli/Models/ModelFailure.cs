using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Graph;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Cli.Models;

/// <summary>Turns what is wrong with a model into failures of a command.</summary>
internal static class ModelFailure
{
    /// <summary>One fault.</summary>
    public static Failure Of(ModelFault fault) => new(ExitOf(fault), fault.Code, fault.Message, fault.Next) { Where = fault.Where };

    /// <summary>Why a model cannot be run.</summary>
    public static Failure Of(ModelLoadError error) => error switch
    {
        ModelUnreadable unreadable => Of(unreadable.Model),
        TunedModelUnusable unusable => TunedModelFailures.Of(unusable.Error),
        WeightsUnfit unfit => NarrowModel.Nothing(unfit.Model, unfit.Narrowed),
        WeightsRoundedAlready rounded => new Failure(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"{rounded.Path} holds weights as {WeightFormats.NameOf(rounded.Present)}; what rounding took away is not in the file, so they cannot become "
            + $"{WeightFormats.NameOf(rounded.Wanted)}.",
            $"Tune the original again: attune tune MODEL --weights {WeightFormats.NameOf(rounded.Wanted)}"),
        DeviceMissing missing => DeviceArgument.Missing(missing.Device, missing.Reason).Failure,
        DeviceRefused refused => new Failure(
            ExitCode.Device, ErrorCodes.DeviceFailed, refused.Reason, "attune doctor"),
        BuiltInShapesFixed => new Failure(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            "--shape does not apply to networks of the zoo: their shapes are fixed.",
            "Leave --shape out; for another batch size, for example: attune zoo export NAME --batch 8 -o FILE"),
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "There is no sentence for this error."),
    };

    /// <summary>All faults of a model at once: the first one leads, unsupported operators are listed with their counts and nodes.</summary>
    private static Failure Of(UnreadableModel model)
    {
        ModelFault first = model.Faults[0];
        ImmutableArray<string> details = model.Unsupported.IsEmpty
            ? [.. model.Faults.Skip(1).Select(fault => fault.ToString())]
            : [.. model.Unsupported.Select(unsupported => unsupported.ToString()), .. model.Faults.Where(fault => !ReferenceEquals(fault, first)).Where(
                fault => fault.Code != FaultCodes.UnsupportedOperator).Select(fault => fault.ToString())];
        return Of(first) with { Details = details };
    }

    // A file that is not there and a shape that does not fit are the caller's doing; everything else is the model's.
    private static ExitCode ExitOf(ModelFault fault) => fault.Code switch
    {
        FaultCodes.Unreadable or FaultCodes.ShapeOverride or FaultCodes.UnknownZooName => ExitCode.Usage,
        _ => ExitCode.Model,
    };
}
