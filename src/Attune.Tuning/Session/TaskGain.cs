using Attune.Numerics;

namespace Attune.Tuning.Session;

/// <summary>What a task's chosen configuration is worth inside the model, from the same alternating blocks as the whole model's gain.</summary>
/// <param name="Layers">Layers of the tuned model that run the task's configuration.</param>
/// <param name="DefaultMs">
/// Time of its layers in the model with default configurations, milliseconds per layer. A fused pair stands for both of its layers.
/// </param>
/// <param name="Gain">How many times as fast they are in the tuned model; null where it runs the default configuration too.</param>
public sealed record TaskGain(int Layers, double DefaultMs, PairedRatio? Gain)
{
    /// <summary>Time of its layers in the tuned model, milliseconds per layer: the default's divided by the gain.</summary>
    public double TunedMs => DefaultMs / (Gain?.Median ?? 1);

    /// <summary>True when the layers are slower than by default beyond doubt; the choice then pays elsewhere in the model.</summary>
    public bool PaysElsewhere => Gain is { Verdict: RatioVerdict.Slower };
}
