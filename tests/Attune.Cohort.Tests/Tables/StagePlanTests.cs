using Attune.Cohort.Tables;

namespace Attune.Cohort.Tests.Tables;

public sealed class StagePlanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_plan_costs_the_least_of_all_that_are_as_fast(int seed)
    {
        StageHull.Point[][] stages = RandomStages(seed, stages: 4, settings: 5);
        StageHull.Point[][] hulls = [.. stages.Select(stage => StageHull.Of(stage))];
        double slowest = stages.Sum(stage => stage.Max(point => point.Time));
        foreach (double share in new[] { 1.0, 0.8, 0.6, 0.5, 0.4 })
        {
            int[] plan = StagePlanTable.Plan(hulls, slowest * share, out double time, out double cost);
            double min = AllPlans(stages).Where(each => each.Time <= time * (1 + 1e-12)).Min(each => each.Cost);
            cost.ShouldBe(min, min * 1e-9);
            plan.Select((setting, stage) => stages[stage][setting].Time).Sum().ShouldBe(time, 1e-6);
        }
    }

    [Fact]
    public void The_rows_of_the_rest_are_plans_of_the_rest()
    {
        StageHull.Point[][] stages = RandomStages(9, stages: 3, settings: 6);
        StageHull.Point[][] hulls = [.. stages.Select(stage => StageHull.Of(stage))];
        for (int next = 0; next < 3; next++)
        {
            SpeedUpTable table = StagePlanTable.Of(hulls, next, 1000);
            foreach (SpeedUpRow row in table.Front)
            {
                double min = AllPlans(stages[next..]).Where(each => each.Time <= (1000 / row.SpeedUp) + 1e-9).Min(each => each.Cost);
                row.Cost.ShouldBe(min, min * 1e-9);
            }

            table.Fastest.ShouldBe(1000 / stages[next..].Sum(stage => stage.Min(point => point.Time)), 1e-9);
        }
    }

    [Fact]
    public void A_time_too_short_for_all_gives_the_fastest_plan()
    {
        StageHull.Point[][] stages = RandomStages(5, stages: 3, settings: 4);
        StagePlanTable.Plan([.. stages.Select(stage => StageHull.Of(stage))], 0, out double time, out _);
        time.ShouldBe(stages.Sum(stage => stage.Min(point => point.Time)), 1e-9);
    }

    private static StageHull.Point[][] RandomStages(int seed, int stages, int settings)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, stages).Select(_ => Enumerable.Range(0, settings).Select(
            setting => new StageHull.Point(setting, 10 + (90 * random.NextDouble()), 1 + random.NextDouble())).ToArray())];
    }

    private static IEnumerable<(double Time, double Cost)> AllPlans(StageHull.Point[][] stages) => stages.Aggregate(
        (IEnumerable<(double Time, double Cost)>)[(0, 0)],
        (plans, stage) => plans.SelectMany(plan => stage.Select(point => (plan.Time + point.Time, plan.Cost + point.Cost))));
}
