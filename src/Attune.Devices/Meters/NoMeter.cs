namespace Attune.Devices.Meters;

/// <summary>Why there is no meter.</summary>
/// <param name="Problem">What is amiss with the meter that was named; null when none was asked for, or any and the machine has none.</param>
internal sealed record NoMeter(string? Problem);
