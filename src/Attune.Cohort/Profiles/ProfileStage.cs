namespace Attune.Cohort.Profiles;

/// <summary>A piece of a network between two boundaries at which a decision can be made.</summary>
/// <param name="Name">Name, usually that of its heaviest layer.</param>
/// <param name="FirstStep">First step of the compiled model in it; 0 where the profile does not come from one.</param>
/// <param name="StepCount">Steps in it; 0 where the profile does not come from a compiled model.</param>
public sealed record ProfileStage(string Name, int FirstStep = 0, int StepCount = 0);
