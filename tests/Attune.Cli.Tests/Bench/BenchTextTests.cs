using Attune.Cli.Bench;
using Attune.Measuring.Bench;

namespace Attune.Cli.Tests.Bench;

public sealed class BenchTextTests
{
    [Fact]
    public void A_mean_far_above_the_median_is_said_to_be_a_busy_machine()
    {
        // Median 1, mean 2: one run in ten was held up.
        BenchText.Disturbance(Distribution.Of([.. Enumerable.Repeat(1.0, 9), 11.0]))!.ShouldContain("2.00x");
        BenchText.Disturbance(Distribution.Of([1.0, 1.1, 0.9, 1.05, 1.2])).ShouldBeNull();
    }

    [Fact]
    public void A_block_names_both_sides_where_there_are_two()
    {
        BenchText.Of(new BenchBlock(3, 24, 1.25, 2.5)).ShouldBe("bench   block 3 of 24, 1.25 ms against 2.50 ms");
        BenchText.Of(new BenchBlock(3, 24, 1.25, null)).ShouldBe("bench   block 3 of 24, 1.25 ms");
    }
}
