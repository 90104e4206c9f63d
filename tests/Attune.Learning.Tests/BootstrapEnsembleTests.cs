namespace Attune.Learning.Tests;

public sealed class BootstrapEnsembleTests
{
    [Fact]
    public void Members_differ_for_a_seed_and_repeat_with_it()
    {
        (FeatureTable features, float[] labels) = TestData.Make(80, 6, 3);
        Estimate first = Predict(seed: 1);
        first.Deviation.ShouldBeGreaterThan(0);
        Predict(seed: 1).ShouldBe(first);
        Predict(seed: 2).ShouldNotBe(first);

        Estimate Predict(int seed)
        {
            var ensemble = new BootstrapEnsemble(4, () => new GradientBoostedTrees());
            ensemble.Fit(features, labels, seed);
            return ensemble.Estimate(features.Row(7));
        }
    }

    [Fact]
    public void One_member_takes_the_table_as_it_is()
    {
        (FeatureTable features, float[] labels) = TestData.Make(80, 6, 3);
        var single = new GradientBoostedTrees();
        single.Fit(features, labels, []);
        var ensemble = new BootstrapEnsemble(1, () => new GradientBoostedTrees());
        ensemble.Fit(features, labels, 5);
        ensemble.Estimate(features.Row(3)).ShouldBe(new Estimate(single.Predict(features.Row(3)), 0));
    }
}
