using System.Collections.Immutable;
using Attune.Runtime.Stages;

namespace Attune.Runtime.Tests.Stages;

public sealed class StageLayoutTests
{
    [Fact]
    public void Stages_cover_all_steps_and_take_about_equal_time()
    {
        ImmutableArray<StagedStep> steps = [.. Enumerable.Range(0, 40).Select(i => Step(-1, 0))];
        double[] times = [.. Enumerable.Range(0, 40).Select(i => 10.0 + (i % 3))];
        StageLayout layout = StageLayout.Of(steps, times, 8);
        layout.Stages.Length.ShouldBe(8);
        layout.Stages[0].First.ShouldBe(0);
        layout.Stages[^1].End.ShouldBe(40);
        layout.Stages.Zip(layout.Stages.Skip(1)).ShouldAllBe(pair => pair.First.End == pair.Second.First);
        double[] sums = [.. layout.Stages.Select(stage => times[stage.First..stage.End].Sum())];
        sums.Max().ShouldBeLessThan(1.5 * times.Sum() / 8);
    }

    [Fact]
    public void The_forms_of_a_layer_stay_in_one_stage_even_around_a_conversion()
    {
        ImmutableArray<StagedStep> steps = [Step(-1, 0), Step(0, 0), Step(-1, 0), Step(0, 1), Step(0, 1), Step(1, 0), Step(1, 1), Step(-1, 0)];
        double[] times = [1, 5, 5, 0, 0, 5, 0, 5];
        for (int max = 1; max <= 8; max++)
        {
            foreach (Stage stage in StageLayout.Of(steps, times, max).Stages)
            {
                stage.Layers.ShouldAllBe(layer => steps.Index().All(step => step.Item.Layer != layer || (step.Index >= stage.First && step.Index < stage.End)));
            }
        }

        StageLayout.FromEnds(steps, [1, 5, 8]).ShouldNotBeNull().Stages.Select(stage => stage.Layers.Length).ShouldBe([0, 1, 1]);
        StageLayout.FromEnds(steps, [2, 8]).ShouldBeNull();
        StageLayout.FromEnds(steps, [3, 8]).ShouldBeNull();
        StageLayout.FromEnds(steps, [1, 5]).ShouldBeNull();
        StageLayout.FromEnds(steps, [5, 1, 8]).ShouldBeNull();
        StageLayout.FromEnds(steps, []).ShouldBeNull();
    }

    [Theory]
    [InlineData(50_000, 20, 16)]
    [InlineData(5_000, 20, 2)]
    [InlineData(1_000, 20, 1)]
    public void Boundaries_together_cost_under_a_hundredth_of_the_deadline(double deadlineUs, double boundaryUs, int max) =>
        StageLayout.MaxStages(deadlineUs, boundaryUs).ShouldBe(max);

    private static StagedStep Step(int layer, int form) => new(new StepReport("s", "Convolution", "t", null, null, null, 1, 1), layer, form);
}
