namespace Attune.Measuring.Programs;

/// <summary>How a program of the user ended.</summary>
/// <param name="ExitCode">Its exit code; null when it did not start or was ended.</param>
/// <param name="Output">What it printed, at most <see cref="UserProgram.MaxOutput"/> characters.</param>
/// <param name="Problem">Why it is of no use: it did not start, took too long, or ended with a code other than zero; null when it did its work.</param>
/// <param name="TimedOut">True when it was ended because it took too long.</param>
public sealed record ProgramRun(int? ExitCode, string Output, string? Problem, bool TimedOut);
