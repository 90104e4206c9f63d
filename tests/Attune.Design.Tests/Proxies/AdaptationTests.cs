using Attune.Design.Linear;
using Attune.Design.Proxies;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Tests.Proxies;

public sealed class AdaptationTests
{
    [Fact]
    public void A_target_that_is_the_proxy_at_another_speed_needs_no_correction()
    {
        (DenseMatrix units, double[] prior) = Family(40, 6, 1);
        double[] y = [.. prior.Select(value => (0.7 * value) + 0.2)];
        foreach (AdaptationFit fit in RidgeAdaptation.Path(units, prior, y, [1e-6, 1e-2, 10]))
        {
            fit.Scale.ShouldBe(0.7, 1e-6);
            fit.Offset.ShouldBe(0.2, 1e-6);
            fit.Size.ShouldBeLessThan(1e-6);
        }
    }

    [Fact]
    public void The_solution_is_stationary()
    {
        (DenseMatrix units, double[] prior) = Family(25, 30, 2);
        var random = new Random(5);
        double[] y = [.. prior.Select(value => value + (0.2 * random.NextDouble()))];
        const double Mu = 1e-3;
        AdaptationFit fit = RidgeAdaptation.Fit(units, prior, y, Mu);
        double[] rest = fit.Predict(units, prior);
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] -= y[i];
        }

        rest.Sum().ShouldBe(0, 1e-9);
        DenseMatrix.Dot(rest, prior).ShouldBe(0, 1e-9);
        double[] slope = units.TransposedTimes(rest);
        for (int j = 0; j < slope.Length; j++)
        {
            ((slope[j] / y.Length) + (Mu * fit.Corrections[j])).ShouldBe(0, 1e-9);
        }
    }

    [Fact]
    public void A_constant_prior_gives_no_scale() =>
        RidgeAdaptation.Fit(Family(10, 3, 3).Units, [.. Enumerable.Repeat(2.0, 10)], [.. Enumerable.Range(0, 10).Select(i => (double)i)], 1).Scale.ShouldBe(0);

    [Fact]
    public void Adapted_predictions_order_a_target_with_two_slow_units_better_than_the_proxy_does()
    {
        (DenseMatrix units, double[] prior) = Family(300, 12, 4);
        double[] changed = [.. Enumerable.Range(0, 12).Select(j => (j < 2 ? 4.0 : 1) * (1 + j) / 12)];
        double[] target = units.Times(changed);
        int[] sample = [.. Enumerable.Range(0, 40)];
        AdaptationFit fit = RidgeAdaptation.FitBest(units.SelectRows(sample), prior[..40], target.AsSpan(0, 40), RidgeAdaptation.UsualPenalties, new Random(1));
        double[] adapted = fit.Predict(units, prior);
        Spearman.Of(adapted.AsSpan(40), target.AsSpan(40)).ShouldBeGreaterThan(0.99);
        Spearman.Of(prior.AsSpan(40), target.AsSpan(40)).ShouldBeLessThan(0.97);
    }

    [Fact]
    public void Unit_latencies_are_found_again_where_they_are_identified()
    {
        (DenseMatrix units, _) = Family(60, 5, 6);
        double[] truth = [1, 2, 3, 4, 5];
        double[] latencies = units.Times(truth);
        latencies[3] = double.NaN;
        var predictor = UnitPredictor.Fit(units, latencies);
        predictor.Weights.ToArray().ShouldBe(truth, 1e-9);
        predictor.Determination.ShouldBe(1, 1e-12);
        predictor.RankCorrelation.ShouldBe(1, 1e-9);
        predictor.Predict(units.Row(3)).ShouldBe(DenseMatrix.Dot(units.Row(3), truth), 1e-9);
    }

    [Fact]
    public void A_target_that_is_a_mixture_of_proxies_gets_their_weights()
    {
        var random = new Random(8);
        var proxies = new DenseMatrix(50, 3, [.. Enumerable.Range(0, 150).Select(_ => random.NextDouble() + 0.5)]);
        double[] y = proxies.Times([0.6, 0.4, 0]);
        ProxyStack.Weights(proxies, y, 1e-9).ShouldBe([0.6, 0.4, 0], 1e-5);
        ProxyStack.BestWeights(proxies, y, new Random(1)).ShouldBe([0.6, 0.4, 0], 0.05);
    }

    [Fact]
    public void Without_information_proxies_share_the_weight() =>
        ProxyStack.Weights(new DenseMatrix(5, 4, [.. Enumerable.Repeat(1.0, 20)]), [1, 1, 1, 1, 1], 1).ShouldBe([0.25, 0.25, 0.25, 0.25], 1e-9);

    [Fact]
    public void No_design_with_a_latency_is_an_error() =>
        Should.Throw<ArgumentException>(() => UnitPredictor.Fit(new DenseMatrix(2, 1), [double.NaN, double.NaN]));

    private static (DenseMatrix Units, double[] Prior) Family(int designs, int units, int seed)
    {
        var random = new Random(seed);
        var counts = new DenseMatrix(designs, units, [.. Enumerable.Range(0, designs * units).Select(_ => (double)random.Next(4))]);
        return (counts, counts.Times([.. Enumerable.Range(0, units).Select(j => (1.0 + j) / units)]));
    }
}
