using System.Collections.Immutable;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Search;

public sealed class SearchLoopTests
{
    private readonly ManualClock clock = new();

    [Theory]
    [InlineData(10, int.MaxValue, int.MaxValue, SearchStop.Trials, 10)]
    [InlineData(100, 7, int.MaxValue, SearchStop.Patience, 15)]
    [InlineData(100, int.MaxValue, int.MaxValue, SearchStop.Exhausted, 20)]
    [InlineData(100, int.MaxValue, 3, SearchStop.Exhausted, 20)]
    public async Task It_ends_where_the_first_limit_is_reached_after_a_whole_batch(int trials, int patience, int hopeless, SearchStop stop, int measured)
    {
        // Twenty points; the eighth is the best, so that with batches of five a patience of seven ends after the third: 15 - 8 = 7.
        var searcher = new CountingSearcher(20, clock);
        var loop = new SearchLoop(searcher, clock);
        int trial = 0;
        SearchStop end = await loop.RunAsync(
            new SearchLimits(trials, Batch: patience == 7 ? 5 : 4) { Patience = patience, HopelessTrials = hopeless },
            index => ValueTask.FromResult(new Observation(index, Outcome.Ok, Math.Abs(8 - ++trial) + 1)),
            CancellationToken.None);
        end.ShouldBe(stop);
        searcher.Told.Select(observation => observation.Index).ShouldBe(Enumerable.Range(0, measured).Select(i => (long)i));
        searcher.Asked.Sum().ShouldBeGreaterThanOrEqualTo(measured);
        searcher.Asked.ShouldAllBe(count => count >= 1 && count <= 5);
    }

    [Fact]
    public async Task Failures_never_count_as_a_best_and_end_it_when_nothing_works()
    {
        var loop = new SearchLoop(new CountingSearcher(1000, clock), clock);
        var limits = new SearchLimits(500, 8) { Patience = 1, HopelessTrials = 30 };
        int trials = 0;
        SearchStop end = await loop.RunAsync(
            limits,
            index =>
            {
                trials++;
                return ValueTask.FromResult(new Observation(index, Outcome.Crash, double.PositiveInfinity));
            },
            CancellationToken.None);
        end.ShouldBe(SearchStop.Failing);
        trials.ShouldBe(32);
    }

    [Fact]
    public async Task A_round_may_end_early_and_tells_what_was_measured()
    {
        var searcher = new CountingSearcher(100, clock);
        int left = 3;
        int asked = await new SearchLoop(searcher, clock).RoundAsync(
            8, index => ValueTask.FromResult<Observation?>(left-- > 0 ? new Observation(index, Outcome.Ok, 1) : null));
        asked.ShouldBe(8);
        searcher.Told.Select(observation => observation.Index).ShouldBe([0L, 1, 2]);
    }

    [Fact]
    public async Task Only_the_searcher_s_own_time_counts_as_thinking()
    {
        var loop = new SearchLoop(new CountingSearcher(100, clock), clock);
        await loop.RoundAsync(2, index =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return ValueTask.FromResult<Observation?>(new Observation(index, Outcome.Ok, 1));
        });
        loop.Tell([new Observation(50, Outcome.Ok, 1)]);

        // One ask and two tells.
        loop.Thinking.ShouldBe(3 * CountingSearcher.Thought);
    }

    [Fact]
    public async Task Cancelling_ends_it_between_two_rounds()
    {
        using var cancel = new CancellationTokenSource();
        var searcher = new CountingSearcher(100, clock);
        ValueTask<SearchStop> run = new SearchLoop(searcher, clock).RunAsync(
            new SearchLimits(100, 4),
            index =>
            {
                cancel.Cancel();
                return ValueTask.FromResult(new Observation(index, Outcome.Ok, 1));
            },
            cancel.Token);
        await Should.ThrowAsync<OperationCanceledException>(async () => await run);
        searcher.Told.Count.ShouldBe(4);
    }

    /// <summary>Gives the points in order and takes the same time for every call.</summary>
    private sealed class CountingSearcher(int points, ManualClock clock) : ISearcher
    {
        public static readonly TimeSpan Thought = TimeSpan.FromMilliseconds(5);
        private int next;

        public string Name => "counting";

        public List<int> Asked { get; } = [];

        public List<Observation> Told { get; } = [];

        public ImmutableArray<long> Ask(int count)
        {
            clock.Advance(Thought);
            Asked.Add(count);
            int first = next;
            next = Math.Min(points, next + count);
            return [.. Enumerable.Range(first, next - first).Select(i => (long)i)];
        }

        public void Tell(IReadOnlyCollection<Observation> observations)
        {
            clock.Advance(Thought);
            Told.AddRange(observations);
        }
    }
}
