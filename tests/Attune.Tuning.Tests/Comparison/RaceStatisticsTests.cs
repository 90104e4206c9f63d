using Attune.Tuning.Comparison;

namespace Attune.Tuning.Tests.Comparison;

public sealed class RaceStatisticsTests
{
    [Fact]
    public void Ranks_are_shared_by_equals()
    {
        // First pair: 3 > 2 > 1; second: the first two are equal.
        double[] ranks = RaceStatistics.MeanRanks([[3, 5], [2, 5], [1, 4]]);
        ranks.ShouldBe([(1 + 1.5) / 2, (2 + 1.5) / 2, 3]);
    }
}
