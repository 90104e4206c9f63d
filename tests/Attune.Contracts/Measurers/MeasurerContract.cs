using Attune.Measuring;
using Attune.Records;

namespace Attune.Contracts.Measurers;

/// <summary>What every measurer must do. A new one inherits this by a class that makes it and names a candidate that runs and one that does not.</summary>
public abstract class MeasurerContract
{
    /// <summary>A new measurer.</summary>
    protected abstract IMeasurer Create();

    /// <summary>A candidate that runs.</summary>
    protected abstract MeasureRequest Good { get; }

    /// <summary>A candidate that fails.</summary>
    protected abstract MeasureRequest Failing { get; }

    /// <summary>How it fails.</summary>
    protected abstract Outcome Failure { get; }

    [Fact]
    public async Task A_candidate_that_runs_has_a_time()
    {
        await using IMeasurer measurer = Create();
        await ShouldTimeAsync(measurer);
    }

    [Fact]
    public async Task What_a_candidate_does_is_an_outcome_and_the_next_one_is_measured_all_the_same()
    {
        await using IMeasurer measurer = Create();
        MeasureResult result = await measurer.MeasureAsync(Failing, CancellationToken.None);
        result.Outcome.ShouldBe(Failure);
        result.MedianMs.ShouldBe(double.PositiveInfinity);
        result.TimesMs.ShouldBeEmpty();
        result.Message.ShouldNotBeNullOrWhiteSpace();
        await ShouldTimeAsync(measurer);
    }

    [Fact]
    public async Task Cancelled_it_throws_and_stays_usable()
    {
        await using IMeasurer measurer = Create();
        await Should.ThrowAsync<OperationCanceledException>(() => measurer.MeasureAsync(Good, new CancellationToken(canceled: true)));
        await ShouldTimeAsync(measurer);
    }

    [Fact]
    public async Task Disposing_twice_is_harmless()
    {
        IMeasurer measurer = Create();
        await ShouldTimeAsync(measurer);
        await measurer.DisposeAsync();
        await measurer.DisposeAsync();
    }

    private async Task ShouldTimeAsync(IMeasurer measurer)
    {
        MeasureResult result = await measurer.MeasureAsync(Good, CancellationToken.None);
        result.Outcome.ShouldBe(Outcome.Ok, result.Message);
        result.Message.ShouldBeNull();
        result.MedianMs.ShouldBeInRange(double.Epsilon, double.MaxValue);
        result.TimesMs.ShouldNotBeEmpty();
        result.MedianMs.ShouldBeInRange(result.TimesMs.Min(), result.TimesMs.Max());
        result.CompileMs.ShouldBeGreaterThanOrEqualTo(0);
    }
}
