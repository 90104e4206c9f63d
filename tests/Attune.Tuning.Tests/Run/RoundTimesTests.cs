using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class RoundTimesTests
{
    [Fact]
    public void A_slow_spell_favours_nobody()
    {
        // The second is 1.1 times as fast as the first in every round, yet its least and its median time are larger than the third's, which was lucky in a fast
        // round.
        var times = new RoundTimes([[11, 22, 22, 22, 22], [10, 20, 20, 20, 20], [9.9, 23, 23, 23, 23]]);
        times.Fastest.ShouldBe(1);
        times.Ms(0).ShouldBe(22);
        times.Ms(1).ShouldBe(20, 1e-12);
    }

    [Fact]
    public void The_first_wins_where_others_are_only_as_fast() => new RoundTimes([[5, 5], [5, 5], [6, 6]]).Fastest.ShouldBe(0);
}
