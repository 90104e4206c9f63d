using Attune.Kernels.Spaces;

namespace Attune.Tuning.Run;

/// <summary>The choice of one task.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Ms">Its time per layer inside the model, milliseconds.</param>
/// <param name="RunnerUp">What the task would take if it could not have that; null when there is nothing else.</param>
public sealed record SelectedTask(Configuration Configuration, double Ms, SelectedRunnerUp? RunnerUp);
