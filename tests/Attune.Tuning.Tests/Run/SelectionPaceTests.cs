using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class SelectionPaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualClock clock = new();

    [Fact]
    public void As_many_models_as_fit_are_tried_and_never_less_than_two()
    {
        // A turn of a model of 20 ms takes 3 x 20 + 60 = 120 ms; five rounds and compiling in 0.4 s make one second a model.
        var pace = new SelectionPace(clock, 10 * Second, new FinishCosts(0.4 * Second, 0.02 * Second));
        pace.Models(9, 5, 0.55).ShouldBe(5);
        pace.Models(4, 5, 0.55).ShouldBe(4);
        pace.Models(9, 5, 0.1).ShouldBe(2);
        clock.Advance(8 * Second);
        pace.Models(9, 5, 1).ShouldBe(2);
        pace.Affords((1, 5), (1, 4)).ShouldBeTrue();
        pace.Affords((1, 5), (1, 6)).ShouldBeFalse();
    }

    [Fact]
    public void What_was_measured_counts_more_than_what_was_expected()
    {
        var pace = new SelectionPace(clock, 10 * Second, new FinishCosts(0.01 * Second, TimeSpan.Zero));
        pace.Compiling(() => Take(0.5));
        pace.Turning(() => Take(0.1));
        pace.Turning(() => Take(0.3));

        // 9.1 s are left; three models cost 1.5 s to compile and 0.6 s a round.
        pace.Rounds(3, 9).ShouldBe(9);
        clock.Advance(4 * Second);
        pace.Rounds(3, 9).ShouldBe(6);
        clock.Advance(5 * Second);
        pace.Rounds(3, 9).ShouldBe(3);

        int Take(double seconds)
        {
            clock.Advance(seconds * Second);
            return 0;
        }
    }

    [Fact]
    public void Without_a_limit_everything_fits()
    {
        var pace = new SelectionPace(clock, null, new FinishCosts(Second, Second));
        pace.Models(9, 5, 0.5).ShouldBe(9);
        pace.Rounds(9, 5).ShouldBe(5);
        pace.Affords((9, 9), (9, 9)).ShouldBeTrue();
    }
}
