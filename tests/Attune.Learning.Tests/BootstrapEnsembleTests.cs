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

    [Fact]
    public void A_refit_takes_members_in_turn()
    {
        (FeatureTable features, float[] labels) = TestData.Make(80, 6, 3);
        var fits = new List<int>();
        int made = 0;
        var ensemble = new BootstrapEnsemble(3, () => new Counting(made++, fits));
        ensemble.Fit(features, labels, 1);
        ensemble.Refit(features, labels, [], 2, 2);
        ensemble.Refit(features, labels, [], 3, 2);
        fits.ShouldBe([0, 1, 2, 0, 1, 2, 0]);
        Should.Throw<ArgumentException>(() => ensemble.Refit(features, labels, [], 4, 4));
    }

    [Fact]
    public void Members_with_deviations_of_their_own_add_them()
    {
        var ensemble = new BootstrapEnsemble(2, () => new Fixed());
        ensemble.Fit(FeatureTable.Of([[1f], [2f]]), [1f, 2f], 1);
        ensemble.Estimate([1f]).ShouldBe(new Estimate(2, 3));
    }

    [Fact]
    public void Rows_of_no_weight_are_never_drawn_and_heavy_ones_more_often()
    {
        var fits = new List<int>();
        var member = new Counting(0, fits);
        var ensemble = new BootstrapEnsemble(2, () => member);
        FeatureTable features = FeatureTable.Of([.. Enumerable.Range(0, 100).Select(i => new[] { (float)i })]);
        float[] weights = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 0f : i < 50 ? 1f : 9f)];
        ensemble.Fit(features, new float[100], weights, 5);
        Enumerable.Range(0, 50).ShouldAllBe(i => member.Last[2 * i] == 0);
        member.Last.Sum().ShouldBe(100);
        member.Last[50..].Sum().ShouldBeGreaterThan(75);
        Should.Throw<ArgumentException>(() => ensemble.Fit(features, new float[100], new float[100], 5));
    }

    private sealed class Counting(int number, List<int> fits) : IEvaluationFunction
    {
        public float[] Last { get; private set; } = [];

        public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
        {
            fits.Add(number);
            Last = weights.ToArray();
        }

        public float Predict(ReadOnlySpan<float> features) => number;
    }

    private sealed class Fixed : IEstimator
    {
        public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => weights.Length.ShouldBe(2);

        public float Predict(ReadOnlySpan<float> features) => 2;

        public Estimate Estimate(ReadOnlySpan<float> features) => new(2, 3);
    }
}
