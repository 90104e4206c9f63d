using Attune.Cli.Output;
using Attune.Compile.Quantisation;

namespace Attune.Cli.Quantise;

/// <summary>Turns what keeps a network from being quantised into failures of a command.</summary>
internal static class QuantizeFailures
{
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
