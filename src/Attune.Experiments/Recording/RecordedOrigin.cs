namespace Attune.Experiments.Recording;

/// <summary>What a recorded space was measured from.</summary>
/// <param name="Task">Key of the task.</param>
/// <param name="Device">Fingerprint id of the device.</param>
/// <param name="Threads">Threads of the kernels.</param>
/// <param name="Template">Version of the kernel templates.</param>
/// <param name="Space">Signature of the space.</param>
/// <param name="Seed">Seed of the order in which configurations are measured.</param>
public sealed record RecordedOrigin(string Task, string Device, int Threads, int Template, string Space, int Seed)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"task {Task} on {Device}, {Threads} thread{(Threads == 1 ? string.Empty : "s")}, templates {Template}, space {Space}, seed {Seed}";
}
