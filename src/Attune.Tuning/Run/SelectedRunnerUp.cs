using Attune.Kernels.Spaces;

namespace Attune.Tuning.Run;

/// <summary>The next best choice of a task.</summary>
/// <param name="TaskKey">Key of the configuration's task: another one when the layer would be fused, or no longer be.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="LayerMs">
/// Its time per layer inside the model, milliseconds: measured there, or measured alone and scaled. Where it fuses the depthwise layer before, less that
/// layer's time; where it undoes that, with it.
/// </param>
/// <param name="ModelMs">Latency to expect of the model with it, its neighbours adapted, milliseconds.</param>
public sealed record SelectedRunnerUp(string TaskKey, Configuration Configuration, double LayerMs, double ModelMs);
