using Attune.Cohort.Tables;

namespace Attune.Cohort.Tests.Tables;

public sealed class StageReplacementsTests
{
    // Times and losses by (variant, stage): stage 0 gains 40 for 1 point, stage 1 would be slower, stage 2 gains 30 for half a point or 50 for 2.
    private static readonly double[][] Time = [[100, 50, 80], [60, 55, 50], [60, 55, 30]];
    private static readonly double[][] Loss = [[0, 0, 0], [1, 1, 0.5], [1, 1, 2]];

    private readonly StageReplacements replacements = new((variant, stage) => Time[variant][stage], (variant, stage) => Loss[variant][stage], 3, 3);

    [Fact]
    public void Stages_go_in_the_order_of_time_saved_per_point()
    {
        ApproximationTable table = replacements.Of(0, 230);
        table.Rows.ToArray().ShouldBe(
        [
            new ApproximationRow(1, 0, 0),
            new ApproximationRow(230.0 / 200, 0.5, 0),
            new ApproximationRow(230.0 / 160, 1.5, 1),
            new ApproximationRow(230.0 / 140, 3, 1),
        ]);
    }

    [Fact]
    public void Only_the_rest_counts()
    {
        replacements.Of(1, 130).Rows.ToArray().Select(row => row.NextVariant).ShouldAllBe(variant => variant == 0, "the low-rank form of stage 1 is slower");
        replacements.Of(2, 80).Fastest.ShouldBe(new ApproximationRow(80.0 / 30, 2, 2));
    }

    [Fact]
    public void Lookup_takes_the_least_loss_that_is_fast_enough()
    {
        ApproximationTable table = replacements.Of(0, 230);
        table.Lookup(0.9, out bool feasible).Loss.ShouldBe(0);
        feasible.ShouldBeTrue();
        table.Lookup(1.15, out _).Loss.ShouldBe(0.5);
        table.Lookup(1.16, out _).Loss.ShouldBe(1.5);
        table.Lookup(1.7, out feasible).Loss.ShouldBe(3);
        feasible.ShouldBeFalse();
    }

    [Fact]
    public void Variants_of_all_stages_are_chosen_until_the_job_is_fast_enough()
    {
        replacements.Choose(3, 230, 230).ShouldBe([0, 0, 0]);
        replacements.Choose(3, 230, 201).ShouldBe([0, 0, 1]);
        replacements.Choose(3, 230, 0).ShouldBe([1, 0, 2]);
    }
}
