using Attune.Measuring.Peers;

namespace Attune.Measuring.Bench;

/// <summary>A peer in its own process.</summary>
/// <param name="process">The process; owned.</param>
public sealed class PeerContender(PeerProcess process) : IContender
{
    /// <inheritdoc/>
    public string Name => process.Name;

    /// <inheritdoc/>
    public Task<double[]> RunAsync(int runs, CancellationToken cancellation) => process.RunAsync(runs, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();
}
