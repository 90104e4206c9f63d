using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Records;

namespace Attune.Experiments.Tests.Devices;

/// <summary>What every device of experiments must do, tried on a bowl whose points with x = 8 crash.</summary>
public abstract class TaskDeviceContract : WorkFolder
{
    /// <summary>A device that knows the task.</summary>
    protected abstract ITaskDevice Create(ExperimentTask task);

    [Fact]
    public async Task The_same_configuration_gets_the_same_answer_whoever_asks()
    {
        ExperimentTask task = Bowl.Task();
        await using ITaskDevice device = Create(task);
        TaskMeasurement first = await device.MeasureAsync(task, 17, "random", 1, CancellationToken.None);
        first.Outcome.ShouldBe(Outcome.Ok);
        first.TimeMs.ShouldBe(Bowl.Measure(task.Tuning.Space, 17).MedianMs, 1e-9);
        first.CostMs.ShouldBeGreaterThanOrEqualTo(0);
        (await device.MeasureAsync(task, 17, "auto", 2, CancellationToken.None)).ShouldBe(first);
    }

    [Fact]
    public async Task A_failure_is_an_outcome_without_a_time_and_the_next_configuration_is_measured()
    {
        ExperimentTask task = Bowl.Task();
        await using ITaskDevice device = Create(task);
        long crashing = task.Tuning.Space.Find(new Dictionary<string, string> { ["x"] = "8", ["y"] = "3" })!.Value.Index;
        TaskMeasurement failed = await device.MeasureAsync(task, crashing, "random", 1, CancellationToken.None);
        failed.Outcome.ShouldBe(Outcome.Crash);
        failed.TimeMs.ShouldBe(double.PositiveInfinity);
        (await device.MeasureAsync(task, 17, "random", 1, CancellationToken.None)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task Cancelled_it_throws_and_stays_usable()
    {
        ExperimentTask task = Bowl.Task();
        await using ITaskDevice device = Create(task);
        await Should.ThrowAsync<OperationCanceledException>(() => device.MeasureAsync(task, 17, "random", 1, new CancellationToken(canceled: true)));
        (await device.MeasureAsync(task, 17, "random", 1, CancellationToken.None)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task It_says_what_it_is_and_may_be_disposed_twice()
    {
        ITaskDevice device = Create(Bowl.Task());
        device.Description.ShouldNotBeNullOrWhiteSpace();
        device.Signature.ShouldNotBeNullOrWhiteSpace();
        device.Signature.ShouldBe(device.Signature);
        await device.DisposeAsync();
        await device.DisposeAsync();
    }
}
