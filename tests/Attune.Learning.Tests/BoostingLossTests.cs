using Attune.Learning.Classification;
using Xunit.Abstractions;

namespace Attune.Learning.Tests;

public sealed class BoostingLossTests(ITestOutputHelper output)
{
    [NeedingTheory(Need.Xgboost)]
    [InlineData(BoostingLoss.Logistic, 0, 0.5f, 1f)]
    [InlineData(BoostingLoss.Logistic, 256, 0.8f, 0.2f)]
    [InlineData(BoostingLoss.Pairwise, 0, 0.5f, 1f)]
    [InlineData(BoostingLoss.Pairwise, 256, 0.5f, 1f)]
    [InlineData(BoostingLoss.Squared, 256, 0.5f, 1f)]
    public void Predictions_equal_those_of_libxgboost(BoostingLoss loss, int bins, float baseScore, float childWeight)
    {
        const int rows = 200;
        (FeatureTable features, float[] labels) = TestData.Make(rows, 12, seed: 31);
        (FeatureTable queries, _) = TestData.Make(400, 12, seed: 32);
        if (loss == BoostingLoss.Logistic)
        {
            float middle = labels.Order().ElementAt(rows / 3);
            labels = [.. labels.Select(label => label > middle ? 1f : 0f)];
        }

        // 200 rows have no more than 200 values per column: 256 bins lose nothing.
        var options = new GradientBoostedTreesOptions
        {
            Loss = loss,
            Bins = bins,
            Rounds = 40,
            BaseScore = baseScore,
            MinChildWeight = childWeight,
            PartnerDraws = () => new XgboostDraws(),
        };
        var model = new GradientBoostedTrees(options);
        model.Fit(features, labels, []);
        float[] expected = XgboostLibrary.TrainAndPredict(features, labels, [], options, queries);
        double worst = 0;
        for (int row = 0; row < queries.Rows; row++)
        {
            worst = Math.Max(worst, Math.Abs(expected[row] - model.Predict(queries.Row(row))));
        }

        output.WriteLine($"largest difference {worst:E2}, predictions {expected.Min()} to {expected.Max()}");

        // Single-precision exponentials differ in the last place and 40 rounds carry it on; predictions span about 1 (10 for ranks).
        worst.ShouldBeLessThan(loss == BoostingLoss.Squared ? 2e-5 : 2e-4);
    }

    [Fact]
    public void Ranking_sees_only_the_order_of_labels()
    {
        (FeatureTable features, float[] labels) = TestData.Make(150, 8, seed: 41);
        var options = new GradientBoostedTreesOptions { Loss = BoostingLoss.Pairwise };
        var plain = new GradientBoostedTrees(options);
        plain.Fit(features, labels, []);
        var stretched = new GradientBoostedTrees(options);
        stretched.Fit(features, [.. labels.Select(label => (1000 * label * label * label) - 7)], []);
        for (int row = 0; row < features.Rows; row++)
        {
            stretched.Predict(features.Row(row)).ShouldBe(plain.Predict(features.Row(row)));
        }
    }

    [Fact]
    public void Ranking_orders_what_it_learnt()
    {
        (FeatureTable features, float[] labels) = TestData.Make(200, 8, seed: 42);
        var model = new GradientBoostedTrees(new() { Loss = BoostingLoss.Pairwise, Rounds = 100 });
        model.Fit(features, labels, [.. Enumerable.Range(0, 200).Select(row => row % 7 == 0 ? 3f : 1f)]);
        (FeatureTable fresh, float[] truth) = TestData.Make(200, 8, seed: 43);
        int right = 0;
        int pairs = 0;
        for (int a = 0; a < fresh.Rows; a++)
        {
            for (int b = a + 1; b < fresh.Rows; b++)
            {
                pairs++;
                right += (model.Predict(fresh.Row(a)) > model.Predict(fresh.Row(b))) == (truth[a] > truth[b]) ? 1 : 0;
            }
        }

        ((double)right / pairs).ShouldBeGreaterThan(0.85);
    }

    [Fact]
    public void Equal_labels_leave_a_ranking_flat()
    {
        (FeatureTable features, _) = TestData.Make(30, 8, seed: 44);
        var model = new GradientBoostedTrees(new() { Loss = BoostingLoss.Pairwise });
        model.Fit(features, new float[30], []);
        model.Predict(features.Row(0)).ShouldBe(model.Predict(features.Row(29)));
    }

    [Fact]
    public void Feasibility_is_a_probability_that_follows_the_failures()
    {
        var table = new FeatureTable(2);
        var ran = new List<bool>();
        for (int i = 0; i < 200; i++)
        {
            table.Add([i % 20, i / 20]);
            ran.Add(i % 20 < 18);
        }

        var model = new FeasibilityModel();
        model.Probability([19, 3]).ShouldBe(1);
        model.Judges.ShouldBeFalse();
        model.Fit(table, ran.ToArray());
        model.Judges.ShouldBeTrue();
        model.Probability([3, 3]).ShouldBeInRange(0.95, 1);
        model.Probability([19, 3]).ShouldBeInRange(0, 0.1);
        model.Fit(table, Enumerable.Repeat(true, 200).ToArray());
        model.Judges.ShouldBeFalse();
    }

    [Fact]
    public void A_margin_of_another_model_is_continued()
    {
        (FeatureTable features, float[] labels) = TestData.Make(200, 8, seed: 51);
        var first = new GradientBoostedTrees(new() { Rounds = 10 });
        first.Fit(features, labels, []);
        float[] margins = [.. Enumerable.Range(0, 200).Select(row => first.Predict(features.Row(row)))];
        var second = new GradientBoostedTrees(new() { Rounds = 15 });
        second.Fit(features, labels, [], margins);
        var whole = new GradientBoostedTrees(new() { Rounds = 25 });
        whole.Fit(features, labels, []);
        for (int row = 0; row < 200; row++)
        {
            second.Margin(features.Row(row), margins[row]).ShouldBe(whole.Predict(features.Row(row)), 1e-5);
        }
    }

    [Fact]
    public void More_values_than_bins_still_fit_well()
    {
        (FeatureTable features, float[] labels) = TestData.Make(600, 8, seed: 61);
        var exact = new GradientBoostedTrees();
        exact.Fit(features, labels, []);
        var binned = new GradientBoostedTrees(new() { Bins = 32 });
        binned.Fit(features, labels, []);
        Error(binned).ShouldBeLessThan(1.3 * Error(exact));

        double Error(GradientBoostedTrees model) => Enumerable.Range(0, 600).Average(row => Math.Pow(model.Predict(features.Row(row)) - labels[row], 2));
    }
}
