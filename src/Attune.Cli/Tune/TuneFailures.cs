using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>Turns the reasons why a tune gave no model into failures of a command.</summary>
internal static class TuneFailures
{
    /// <summary>The failure.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="model">What was tuned.</param>
    /// <param name="output">The file that was not written.</param>
    public static Failure Of(TuneError error, LoadedModel model, string output) => error switch
    {
        CandidatesFailed { Report.FirstFailure: var first } => new Failure(ExitCode.Gate, ErrorCodes.NothingWorked, error.Message, "attune doctor")
        {
            Details = first is null ? [] : [$"the first one: {first}"],
        },
        DeviceFailed => new Failure(ExitCode.Device, ErrorCodes.DeviceFailed, error.Message, error.Next),
        ComputeUnused => new Failure(ExitCode.Usage, ErrorCodes.BadValue, $"{model.BaseName}: {error.Message}", "Leave --compute out."),
        FormatUnused { Narrowed: var narrowed } => NarrowModel.Nothing(model.BaseName, narrowed),
        _ => new Failure(
            ExitCode.Gate,
            ErrorCodes.WrongResult,
            error.Message,
            "Please report it with the model. Until it is mended, attune tune --without-fusion NAMES may avoid it (attune tune --help lists them).")
        {
            Where = output,
        },
    };
}
