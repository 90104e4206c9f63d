namespace Attune.Devices.Knobs;

/// <summary>One thing to do so that a knob is as it was.</summary>
/// <param name="Target">Path of a file below the root, as <c>/sys/...</c>, or <c>nvml/N</c> for the clocks of NVIDIA device N.</param>
/// <param name="Text">What to write; empty to release the clocks of an NVIDIA device.</param>
public sealed record RestoreStep(string Target, string Text);
