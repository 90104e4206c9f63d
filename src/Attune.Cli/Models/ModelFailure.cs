using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Graph.Faults;

namespace Attune.Cli.Models;

/// <summary>Turns faults of a model into failures of a command.</summary>
internal static class ModelFailure
{
    /// <summary>One fault.</summary>
    public static Failure Of(ModelFault fault) => new(ExitOf(fault), fault.Code, fault.Message, fault.Next) { Where = fault.Where };

    /// <summary>All faults of a model at once: the first one leads, unsupported operators are listed with their counts and nodes.</summary>
    public static Failure Of(ReadResult result)
    {
        ModelFault first = result.Faults[0];
        ImmutableArray<string> details = result.Unsupported.IsEmpty
            ? [.. result.Faults.Skip(1).Select(fault => fault.ToString())]
            : [.. result.Unsupported.Select(unsupported => unsupported.ToString()), .. result.Faults.Where(fault => !ReferenceEquals(fault, first)).Where(
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
