using Attune.Kernels;

namespace Attune.Graph.Zoo.Families;

/// <summary>
/// Weights of a sketch: their number is known, their values were never made. Whoever asks for one has taken a sketch for a network that can run.
/// </summary>
internal sealed class AbsentWeights(int count) : StoredElements
{
    /// <inheritdoc/>
    public override int Count => count;

    /// <inheritdoc/>
    public override void Read(long first, Span<float> target) => throw Absent();

    /// <inheritdoc/>
    protected override Array Load() => throw Absent();

    private static InvalidOperationException Absent() =>
        new("This network is a sketch: its weights have shapes but no values. Build the network itself to run it.");
}
