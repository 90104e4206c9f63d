namespace Attune.Cohort.Profiles;

/// <summary>A knob of the machine that a profile's settings turn.</summary>
/// <param name="Id">Name, for example <c>threads</c>, <c>gpu_hz</c> or <c>cpufreq/policy0</c>.</param>
/// <param name="Unit">Unit of its values, for example <c>count</c> or <c>Hz</c>.</param>
public sealed record ProfileKnob(string Id, string Unit);
