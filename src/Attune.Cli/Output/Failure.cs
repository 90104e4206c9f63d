using System.Collections.Immutable;

namespace Attune.Cli.Output;

/// <summary>An expected failure as the user sees it: what, where, why, what next.</summary>
/// <param name="Exit">Exit code of the process.</param>
/// <param name="Code">Stable code, ATnnnn; <c>attune explain ATnnnn</c> says more.</param>
/// <param name="Message">What is wrong and why.</param>
/// <param name="Next">What to do about it: a command or one sentence.</param>
internal sealed record Failure(ExitCode Exit, string Code, string Message, string Next)
{
    /// <summary>File, option or node concerned; empty when the message says it.</summary>
    public string Where { get; init; } = string.Empty;

    /// <summary>Further findings of the same kind, one line each.</summary>
    public ImmutableArray<string> Details { get; init; } = [];
}
