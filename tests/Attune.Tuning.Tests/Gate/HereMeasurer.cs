using Attune.Measuring;
using Attune.Measuring.Workers;

namespace Attune.Tuning.Tests.Gate;

/// <summary>Measures real kernels in this process, as a worker process does.</summary>
internal sealed class HereMeasurer(ICandidateFactory factory, TimeProvider clock) : IMeasurer
{
    private static readonly MeasureOptions Options = MeasureOptions.Default with { Number = 1 };
    private readonly CandidateTrials trials = new(factory, clock);

    public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(trials.Measure(request, Options, _ => { }));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
