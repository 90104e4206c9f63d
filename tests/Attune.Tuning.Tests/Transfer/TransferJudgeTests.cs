using Attune.Learning;
using Attune.Records;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

public sealed class TransferJudgeTests
{
    [Fact]
    public void Trust_alone_decides_before_anything_was_measured()
    {
        new TransferJudge(1).Share.ShouldBe(0.5);
        new TransferJudge(3).Share.ShouldBe(0.75, 1e-12);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 0, false)]
    public void Who_forecast_better_gets_the_trials(double warmError, double coldError, bool believed)
    {
        TransferJudge judge = Judged(warmError, coldError, 20);
        judge.Judged.ShouldBe(20);
        (judge.Share > 0.9).ShouldBe(believed);
        (judge.Share < 0.1).ShouldBe(!believed);
    }

    [Fact]
    public void Equal_forecasts_leave_everything_as_it_was() => Judged(0.3, 0.3, 20).Share.ShouldBe(0.5, 1e-9);

    [Fact]
    public void One_surprise_does_not_decide_alone()
    {
        var judge = new TransferJudge(1);
        judge.Compare([new Observation(0, Outcome.Ok, 1)], [new Estimate(-1000, 0.01)], [new Estimate(0, 0.01)]);
        judge.Share.ShouldBe(1 / (1 + Math.Exp(2)), 1e-9);
    }

    [Fact]
    public void Old_merits_fade_so_that_a_change_is_noticed_in_time()
    {
        var judge = new TransferJudge(1);
        Run(judge, 60, warmError: 0, coldError: 1);
        Run(judge, 40, warmError: 1, coldError: 0);
        judge.Share.ShouldBeLessThan(0.1);
    }

    private static TransferJudge Judged(double warmError, double coldError, int count)
    {
        var judge = new TransferJudge(1);
        Run(judge, count, warmError, coldError);
        return judge;
    }

    // Every configuration takes 1 ms, whose negated logarithm is 0.
    private static void Run(TransferJudge judge, int count, double warmError, double coldError)
    {
        for (int point = 0; point < count; point++)
        {
            judge.Compare([new Observation(point, Outcome.Ok, 1)], [new Estimate(warmError, 0.5)], [new Estimate(coldError, 0.5)]);
        }
    }
}
