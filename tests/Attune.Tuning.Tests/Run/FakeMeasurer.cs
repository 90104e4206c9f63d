using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;

namespace Attune.Tuning.Tests.Run;

/// <summary>Answers from a function of task and configuration and lets a manual clock go on by a fixed time per measurement.</summary>
internal sealed class FakeMeasurer(ManualClock clock, IEnumerable<TuningTask> tasks, Func<TuningTask, Configuration, MeasureResult> answer) : IMeasurer
{
    private readonly Dictionary<string, TuningTask> tasks = tasks.ToDictionary(task => task.Key);

    public List<MeasureRequest> Requests { get; } = [];

    public TimeSpan Cost { get; init; } = TimeSpan.FromMilliseconds(20);

    public Action<int>? Before { get; init; }

    public static MeasureResult Timed(double ms) => new(Outcome.Ok, [ms], ms, 1, 0, null);

    public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        Before?.Invoke(Requests.Count);
        cancellation.ThrowIfCancellationRequested();
        Requests.Add(request);
        clock.Advance(Cost);
        TuningTask task = tasks[request.Task];
        return Task.FromResult(answer(task, task.Space.Find(request.Knobs)!.Value));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
