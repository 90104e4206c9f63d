namespace Attune.Learning.Tests;

public sealed class GradientBoostedTreesFileTests
{
    [Theory]
    [InlineData(BoostingLoss.Squared)]
    [InlineData(BoostingLoss.Logistic)]
    [InlineData(BoostingLoss.Pairwise)]
    public void Saved_trees_predict_the_same_after_loading(BoostingLoss loss)
    {
        (FeatureTable features, float[] labels) = TestData.Make(100, 8, seed: 81);
        var model = new GradientBoostedTrees(new() { Loss = loss, BaseScore = 0.3f });
        model.Fit(features, labels, []);
        using var stream = new MemoryStream(Saved(model));
        GradientBoostedTrees loaded = GradientBoostedTrees.Load(stream);
        for (int row = 0; row < features.Rows; row++)
        {
            loaded.Predict(features.Row(row)).ShouldBe(model.Predict(features.Row(row)));
        }
    }

    [Fact]
    public void What_is_cut_short_or_changed_is_refused_or_still_predicts()
    {
        (FeatureTable features, float[] labels) = TestData.Make(60, 8, seed: 82);
        var model = new GradientBoostedTrees(new() { Rounds = 5 });
        model.Fit(features, labels, []);
        byte[] good = Saved(model);
        for (int length = 0; length < good.Length; length += 3)
        {
            using var shortened = new MemoryStream(good[..length]);
            Should.Throw<InvalidDataException>(() => GradientBoostedTrees.Load(shortened)).Message.ShouldContain("Learn them again");
        }

        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
            using var stream = new MemoryStream(bad);
            try
            {
                GradientBoostedTrees loaded = GradientBoostedTrees.Load(stream);
                float[] row = new float[loaded.Columns];
                loaded.Predict(row);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Nothing_learnt_cannot_be_saved() => Should.Throw<InvalidOperationException>(() => new GradientBoostedTrees().Save(Stream.Null));

    private static byte[] Saved(GradientBoostedTrees model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }
}
