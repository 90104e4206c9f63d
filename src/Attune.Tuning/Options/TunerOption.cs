namespace Attune.Tuning.Options;

/// <summary>One option of a tuner, for help texts and reports.</summary>
/// <param name="Name">Name as typed, lower case with hyphens.</param>
/// <param name="Values">What it takes, for example "a number in (0, 100]" or "on or off".</param>
/// <param name="Value">The value in force, as text that the option accepts.</param>
/// <param name="Help">One line: effect, unit and source.</param>
public sealed record TunerOption(string Name, string Values, string Value, string Help);
