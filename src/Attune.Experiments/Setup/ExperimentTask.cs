using Attune.Tuning.Run;

namespace Attune.Experiments.Setup;

/// <summary>One task of an experiment.</summary>
/// <param name="Group">Network or recorded device that it belongs to.</param>
/// <param name="Tuning">The task; <see cref="TuningTask.Flops"/> is 0 when only times are known.</param>
public sealed record ExperimentTask(string Group, TuningTask Tuning)
{
    /// <summary>Time of the fastest configuration of all, milliseconds; null when nobody knows it.</summary>
    public double? OptimumMs { get; init; }

    /// <summary>
    /// Bytes of weights that one inference of the network reads: candidates are measured with the caches they see there. 0 for recorded tasks.
    /// </summary>
    public long WeightBytes { get; init; }

    /// <summary>Text that changes whenever the space does, so that results of one space are never taken for those of another.</summary>
    public string SpaceSignature { get; init; } = SpaceText.SignatureOf(Tuning.Space);
}
