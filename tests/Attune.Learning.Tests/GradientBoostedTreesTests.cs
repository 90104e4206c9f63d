using Xunit.Abstractions;

namespace Attune.Learning.Tests;

public sealed class GradientBoostedTreesTests(ITestOutputHelper output)
{
    [NeedingTheory(Need.Xgboost)]
    [InlineData(40, 6, 10, 3)]
    [InlineData(200, 12, 40, 3)]
    [InlineData(500, 40, 40, 3)]
    [InlineData(300, 8, 25, 5)]
    [InlineData(300, 8, 25, 1)]
    public void Predictions_equal_those_of_libxgboost(int rows, int columns, int rounds, int depth)
    {
        (FeatureTable features, float[] labels) = TestData.Make(rows, columns, seed: rows + columns);
        (FeatureTable queries, _) = TestData.Make(400, columns, seed: 99);
        var options = new GradientBoostedTreesOptions { Rounds = rounds, Depth = depth };
        var model = new GradientBoostedTrees(options);
        model.Fit(features, labels, []);
        Compare(XgboostLibrary.TrainAndPredict(features, labels, [], options, queries), model, queries);
    }

    [NeedingTheory(Need.Xgboost)]
    [InlineData(1e-4f, 1f, 1f)]
    [InlineData(0.05f, 1f, 1f)]
    [InlineData(0f, 0f, 5f)]
    [InlineData(0.3f, 10f, 3f)]
    public void Weighted_rows_and_other_parameters_equal_libxgboost_too(float gamma, float lambda, float childWeight)
    {
        (FeatureTable features, float[] labels) = TestData.Make(250, 10, seed: 5);
        (FeatureTable queries, _) = TestData.Make(300, 10, seed: 6);
        var random = new Random(7);
        float[] weights = [.. Enumerable.Range(0, 250).Select(_ => 1f + random.Next(3))];
        var options = new GradientBoostedTreesOptions { Rounds = 30, MinGain = gamma, Ridge = lambda, MinChildWeight = childWeight };
        var model = new GradientBoostedTrees(options);
        model.Fit(features, labels, weights);
        Compare(XgboostLibrary.TrainAndPredict(features, labels, weights, options, queries), model, queries);
    }

    [Fact]
    public void Without_shrinkage_and_penalty_a_step_function_is_learnt_exactly()
    {
        var table = new FeatureTable(2);
        var labels = new List<float>();
        for (int a = 0; a < 8; a++)
        {
            for (int b = 0; b < 8; b++)
            {
                table.Add([a, b]);
                labels.Add((a < 3 ? 1 : 2) + (b < 5 ? 0 : 10));
            }
        }

        var model = new GradientBoostedTrees(new() { Rounds = 1, Depth = 2, LearningRate = 1, Ridge = 0, MinGain = 0 });
        model.Fit(table, labels.ToArray(), []);
        for (int row = 0; row < table.Rows; row++)
        {
            model.Predict(table.Row(row)).ShouldBe(labels[row], 1e-5);
        }
    }

    [Fact]
    public void An_integer_weight_means_that_many_copies_and_zero_means_absent()
    {
        (FeatureTable features, float[] labels) = TestData.Make(120, 6, seed: 21);
        var random = new Random(22);
        var weights = new float[120];
        var copies = new FeatureTable(6);
        var copiedLabels = new List<float>();
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = random.Next(3);
            for (int copy = 0; copy < weights[row]; copy++)
            {
                copies.Add(features.Row(row));
                copiedLabels.Add(labels[row]);
            }
        }

        var weighted = new GradientBoostedTrees();
        weighted.Fit(features, labels, weights);
        var copied = new GradientBoostedTrees();
        copied.Fit(copies, copiedLabels.ToArray(), []);
        for (int row = 0; row < features.Rows; row++)
        {
            weighted.Predict(features.Row(row)).ShouldBe(copied.Predict(features.Row(row)), 1e-3);
        }
    }

    [Fact]
    public void Constant_features_predict_the_shrunken_mean()
    {
        var model = new GradientBoostedTrees(new() { Rounds = 1, LearningRate = 1, Ridge = 0, BaseScore = 0 });
        model.Fit(FeatureTable.Of([[1, 2], [1, 2], [1, 2]]), [3f, 4f, 8f], []);
        model.Predict([7, 7]).ShouldBe(5f, 1e-6);
    }

    [Fact]
    public void Misuse_is_refused_with_the_reason()
    {
        var model = new GradientBoostedTrees();
        Should.Throw<InvalidOperationException>(() => model.Predict([1f]));
        Should.Throw<ArgumentException>(() => model.Fit(FeatureTable.Of([[1f], [2f]]), [1f], [])).Message.ShouldContain("2 rows");
        Should.Throw<ArgumentException>(() => new GradientBoostedTrees(new() { Depth = 0, LearningRate = 2 })).Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("Depth 0"),
            text => text.ShouldContain("LearningRate 2"));
        Should.Throw<ArgumentException>(() => new FeatureTable(1).Add([float.NaN]));
        Should.Throw<ArgumentException>(() => new FeatureTable(1).Add([1, 2]));
    }

    private void Compare(float[] expected, GradientBoostedTrees model, FeatureTable queries)
    {
        double worst = 0;
        for (int row = 0; row < queries.Rows; row++)
        {
            worst = Math.Max(worst, Math.Abs(expected[row] - model.Predict(queries.Row(row))));
        }

        output.WriteLine($"largest difference {worst:E2}");

        // Both sum in different orders: single precision over some tens of trees leaves a few units of 1e-6.
        worst.ShouldBeLessThan(2e-5);
    }
}
