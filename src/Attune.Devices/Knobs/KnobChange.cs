namespace Attune.Devices.Knobs;

/// <summary>One attempt to turn a knob.</summary>
/// <param name="Knob">Which one.</param>
/// <param name="Asked">The value that was asked for.</param>
/// <param name="Effective">What the machine does now; null when that cannot be read.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Message">What the system said; null when nothing went wrong.</param>
public sealed record KnobChange(string Knob, long Asked, long? Effective, KnobOutcome Outcome, string? Message = null);
