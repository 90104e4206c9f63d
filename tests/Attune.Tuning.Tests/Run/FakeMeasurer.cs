using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

/// <summary>Answers from a function of task and configuration and lets a manual clock go on by a fixed time per measurement.</summary>
internal sealed class FakeMeasurer(ManualClock clock, IEnumerable<TuningTask> tasks, Func<TuningTask, Configuration, MeasureResult> answer) : IMeasurer
{
    private readonly Dictionary<string, TuningTask> tasks = tasks.ToDictionary(task => task.Key);

    /// <summary>Requests to time a candidate.</summary>
    public List<MeasureRequest> Requests { get; } = [];

    /// <summary>Requests to compare runs without timing them.</summary>
    public List<MeasureRequest> Checks { get; } = [];

    /// <summary>Answers to those; null finds everything right.</summary>
    public Func<Configuration, MeasureResult>? Check { get; init; }

    public TimeSpan Cost { get; init; } = TimeSpan.FromMilliseconds(20);

    public Action<int>? Before { get; init; }

    public static MeasureResult Timed(double ms) => new(Outcome.Ok, [ms], ms, 1, 0, null);

    public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        Before?.Invoke(Requests.Count);
        cancellation.ThrowIfCancellationRequested();
        clock.Advance(Cost);
        TuningTask task = tasks[request.Task];
        Configuration point = task.Space.Find(request.Knobs)!.Value;
        if (request.CheckedRuns > 0)
        {
            Checks.Add(request);
            return Task.FromResult(Check?.Invoke(point) ?? new MeasureResult(Outcome.Ok, [], double.PositiveInfinity, 0, 0, null));
        }

        Requests.Add(request);
        return Task.FromResult(answer(task, point));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
