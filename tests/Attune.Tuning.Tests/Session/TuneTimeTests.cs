using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class TuneTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Phases_count_everything_from_the_beginning_on()
    {
        var clock = new ManualClock();
        long start = clock.GetTimestamp();
        clock.Advance(Second);
        var time = new TuneTime(clock, start);
        time.Enter("search");
        clock.Advance(20 * Second);
        time.Enter("choose");
        time.Enter("compare");
        clock.Advance(12 * Second);
        time.Elapsed.ShouldBe(33 * Second);
        time.Phases.ShouldBe([new TunePhase("prepare", 1), new TunePhase("search", 20), new TunePhase("choose", 0), new TunePhase("compare", 12)]);
        time.Left(40 * Second).ShouldBe(7 * Second);
        time.Left(30 * Second).ShouldBe(TimeSpan.Zero);
        time.Left(null).ShouldBeNull();
    }
}
