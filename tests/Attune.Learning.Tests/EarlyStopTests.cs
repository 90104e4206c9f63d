using Attune.Learning.Ranking;

namespace Attune.Learning.Tests;

public sealed class EarlyStopTests
{
    // By hand: ranks by prediction are 1, 0, 3, 2; so curve = 0, 1/2, 2/3, 3/4.
    [Fact]
    public void Recall_follows_its_definition()
    {
        float[] predictions = [4, 3, 2, 1];
        float[] labels = [8, 9, 6, 7];
        AverageRecall.Of(predictions, labels, 4).ShouldBe((0 + 0.5 + (2.0 / 3) + 0.75) / 4, 1e-12);
        AverageRecall.Of(predictions, labels, 2).ShouldBe(0.25, 1e-12);
        AverageRecall.Of(predictions, labels, 100).ShouldBe(AverageRecall.Of(predictions, labels, 4));
    }

    [Fact]
    public void Recall_equals_the_double_loop_of_the_definition_on_random_lists()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 50; trial++)
        {
            int count = random.Next(1, 60);
            float[] predictions = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
            float[] labels = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
            int top = random.Next(1, count + 1);
            int[] order = [.. Enumerable.Range(0, count).OrderByDescending(row => predictions[row])];
            double sum = 0;
            for (int i = 0; i < top; i++)
            {
                int hits = 0;
                for (int j = 0; j < i; j++)
                {
                    int rank = labels.Count(label => label > labels[order[j]]);
                    hits += rank <= i ? 1 : 0;
                }

                sum += hits / (i + 1.0);
            }

            AverageRecall.Of(predictions, labels, top).ShouldBe(sum / top, 1e-12);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Boosting_ends_when_recall_stays_and_keeps_the_trees_it_is_told_to(double holdOut)
    {
        (FeatureTable features, float[] labels) = TestData.Make(300, 8, seed: 71);
        var stop = new EarlyStop { Top = 32, Patience = 20, HoldOut = holdOut };
        var dropping = new GradientBoostedTrees(new() { Rounds = 8000, Stop = stop });
        dropping.Fit(features, labels, []);
        var keeping = new GradientBoostedTrees(new() { Rounds = 8000, Stop = stop with { KeepsAll = true } });
        keeping.Fit(features, labels, []);
        keeping.Trees.ShouldBeInRange(21, 7999);
        dropping.Trees.ShouldBe(keeping.Trees - 20);
    }

    [Fact]
    public void Presets_carry_autotvms_constants()
    {
        GradientBoostedTreesOptions local = GradientBoostedTreesOptions.Autotvm(BoostingLoss.Pairwise).Validated();
        (local.Rounds, local.Depth, local.LearningRate, local.Ridge, local.MinGain, local.MinChildWeight).ShouldBe((8000, 3, 0.3f, 1f, 1e-4f, 1f));
        local.Stop.ShouldBe(new EarlyStop { Top = 64, Patience = 20, KeepsAll = true });
        GradientBoostedTreesOptions history = GradientBoostedTreesOptions.AutotvmHistory(BoostingLoss.Squared).Validated();
        (history.Rounds, history.Stop!.Patience, history.Stop.Top).ShouldBe((400, 100, 128));
    }

    [Fact]
    public void Wrong_values_are_all_named() =>
        Should.Throw<ArgumentException>(() => new GradientBoostedTrees(
            new() { Bins = 1, Loss = BoostingLoss.Logistic, BaseScore = 1, Stop = new() { Patience = 0, HoldOut = 0.9 } })).Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("Bins 1"),
            text => text.ShouldContain("BaseScore 1"),
            text => text.ShouldContain("Patience 0"),
            text => text.ShouldContain("HoldOut 0.9"));
}
