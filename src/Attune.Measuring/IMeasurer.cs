namespace Attune.Measuring;

/// <summary>
/// Measures candidates: on this machine through a worker process, or from recorded data. One caller at a time; an implementation never throws for
/// what a candidate does (crash, hang, wrong result): that is an <see cref="Records.Outcome"/>.
/// </summary>
public interface IMeasurer : IAsyncDisposable
{
    /// <summary>Measures one candidate.</summary>
    /// <param name="request">What to measure and how.</param>
    /// <param name="cancellation">Gives up the measurement; the measurer stays usable.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation);
}
