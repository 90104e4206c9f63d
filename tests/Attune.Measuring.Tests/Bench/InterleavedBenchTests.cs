using Attune.Measuring.Bench;

namespace Attune.Measuring.Tests.Bench;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class InterleavedBenchTests
{
    private readonly InstantClock clock = new();
    private readonly List<string> order = [];
    private readonly List<BenchBlock> blocks = [];

    [Fact]
    public async Task Sides_alternate_and_swap_who_goes_first()
    {
        BenchTimes times = await Bench().RunAsync(Contender("ours", 2), Contender("peer", 3), TimeSpan.FromSeconds(10), CancellationToken.None);
        order.Skip(2).Take(6).ShouldBe(["ours", "peer", "peer", "ours", "ours", "peer"]);
        times.Ratio.ShouldBe(new Ratio(1.5, 1.5, 1.5));
        times.Ours.Median.ShouldBe(2);
        times.Peer!.Median.ShouldBe(3);
        blocks.Count.ShouldBe(times.Blocks);
        blocks[0].ShouldBe(new BenchBlock(1, 24, 2, 3));
    }

    [Fact]
    public async Task The_first_run_of_a_block_is_not_counted()
    {
        BenchTimes times = await Bench().RunAsync(Contender("ours", 2, first: 50), null, TimeSpan.FromSeconds(1), CancellationToken.None);
        times.Ours.ShouldBe(new Distribution(2, 0, 2, 2, 2, 2));
        times.Peer.ShouldBeNull();
        times.Ratio.ShouldBeNull();
    }

    [Fact]
    public async Task A_slow_model_still_gets_blocks_enough_for_an_interval()
    {
        BenchTimes times = await Bench().RunAsync(Contender("ours", 60_000), Contender("peer", 60_000), TimeSpan.FromSeconds(1), CancellationToken.None);
        times.Blocks.ShouldBe(8);
        times.Runs.ShouldBe(8 * 3);
    }

    private InterleavedBench Bench() => new(clock, blocks.Add);

    private FakeContender Contender(string name, double milliseconds, double? first = null) => new(name, milliseconds, first ?? milliseconds, order, clock);

    private sealed class FakeContender(string name, double milliseconds, double first, List<string> order, InstantClock clock) : IContender
    {
        public string Name => name;

        public Task<double[]> RunAsync(int runs, CancellationToken cancellation)
        {
            order.Add(name);
            double[] times = [first, .. Enumerable.Repeat(milliseconds, runs - 1)];
            clock.Advance(TimeSpan.FromMilliseconds(times.Sum()));
            return Task.FromResult(times);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
