using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class FinalChoiceTests
{
    private const long Default = 0;

    [Fact]
    public void A_machine_that_becomes_slower_half_way_changes_no_choice_and_no_ratio()
    {
        // Point 1 is 1.25 times as fast; the machine is half as fast from the second round on.
        FinalChoice choice = Of((Default, [10, 20, 20]), (1, [8, 16, 16]));
        choice.Index.ShouldBe(1);
        choice.DefaultMs.ShouldBe(20);
        choice.Ms.ShouldBe(16, 1e-12);
    }

    [Fact]
    public void A_burst_in_one_round_decides_nothing()
    {
        Of((Default, [10, 90, 10]), (1, [11, 11, 11])).Index.ShouldBe(Default);
        Of((Default, [10, 10, 10]), (1, [8, 8, 80])).Index.ShouldBe(1);
    }

    [Fact]
    public void The_default_stays_when_nothing_is_faster()
    {
        FinalChoice choice = Of((3, [11, 11, 11]), (Default, [10, 10, 10]), (4, [10, 10, 10]));
        choice.Index.ShouldBe(Default);
        choice.Ms.ShouldBe(10);
        choice.DefaultMs.ShouldBe(10);
    }

    [Fact]
    public void A_lucky_round_of_one_candidate_does_not_win()
    {
        Of((Default, [10, 10, 10]), (1, [1, 10.5, 10.5]), (2, [9, 9, 9])).Index.ShouldBe(2);
    }

    [Fact]
    public void Rounds_without_a_time_say_nothing()
    {
        // In the rounds that both have, point 1 is slower, although its median is lower.
        Of((Default, [10, double.NaN, 30]), (1, [double.NaN, 5, 31])).Index.ShouldBe(Default);
        Of((Default, [10, double.NaN, double.NaN]), (1, [double.NaN, 5, 5])).Index.ShouldBe(Default);
    }

    [Fact]
    public void Without_a_time_of_the_default_the_others_are_compared_with_each_other()
    {
        FinalChoice choice = Of((1, [10, 10, 10]), (2, [8, 8, 8]), (Default, [double.NaN, double.NaN, double.NaN]));
        choice.Index.ShouldBe(2);
        choice.Ms.ShouldBe(8, 1e-12);
        choice.DefaultMs.ShouldBeNull();
        FinalChoice.Of(new Dictionary<long, List<double>> { [1] = [double.NaN] }, Default).ShouldBeNull();
    }

    private static FinalChoice Of(params (long Index, List<double> Ms)[] times) =>
        FinalChoice.Of(times.ToDictionary(pair => pair.Index, pair => pair.Ms), Default)!;
}
