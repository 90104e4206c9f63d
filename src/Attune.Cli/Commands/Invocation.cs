using System.CommandLine;
using Attune.Cli.Output;

namespace Attune.Cli.Commands;

/// <summary>Everything a running command may use.</summary>
/// <param name="Arguments">Parsed arguments.</param>
/// <param name="Progress">Where to tell how far things are.</param>
/// <param name="Clock">Time.</param>
/// <param name="Cancellation">Set by the first Ctrl-C: finish what is at hand, keep what was found.</param>
internal sealed record Invocation(ParseResult Arguments, ProgressLine Progress, TimeProvider Clock, CancellationToken Cancellation)
{
    /// <summary>Options as the user gave them, to be handed on to a command that is printed.</summary>
    public IEnumerable<string> Given(params IEnumerable<Option> options) => PrintedCommand.Given(Arguments, options);

    /// <summary>Value of an argument.</summary>
    public T? Value<T>(Argument<T> argument) => Arguments.GetValue(argument);

    /// <summary>Value of an option, or its default.</summary>
    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);
}
