namespace Attune.Numerics.Tests;

public sealed class PairedRatioTests
{
    /// <summary>
    /// Critical values of the signed-rank test, two-sided 5 %, as printed in tables (Hollander, Wolfe and Chicken, table A.4 in terms of the other tail).
    /// </summary>
    [Theory]
    [InlineData(5, -1)]
    [InlineData(6, 0)]
    [InlineData(7, 2)]
    [InlineData(8, 3)]
    [InlineData(10, 8)]
    [InlineData(15, 25)]
    [InlineData(20, 52)]
    [InlineData(25, 89)]
    public void Critical_values_are_those_of_the_tables(int pairs, int value) => SignedRank.Critical(pairs, 0.025).Value.ShouldBe(value);

    [Fact]
    public void The_estimate_is_the_median_of_the_means_two_by_two()
    {
        // Ratios 1, 2 and 8; geometric means two by two 1, 1.414, 2, 2.828, 4, 8: their median is between 2 and 2.828, 2^1.25. Three signs are alike with
        // probability 1/4.
        var ratio = PairedRatio.Of([1, 1, 1], [1, 2, 8]);
        ratio.Median.ShouldBe(Math.Pow(2, 1.25), 1e-12);
        ratio.Low.ShouldBe(1);
        ratio.High.ShouldBe(8);
        ratio.Confidence.ShouldBe(0.75, 1e-12);
        ratio.Pairs.ShouldBe(3);
        ratio.Verdict.ShouldBe(RatioVerdict.CannotTell);
    }

    [Fact]
    public void Six_pairs_can_tell_and_five_cannot()
    {
        // All signs alike: probability 2 / 2^n without a difference, 1/32 for six pairs and 1/16 for five.
        PairedRatio.Of([1, 1, 1, 1, 1, 1], [1.1, 1.2, 1.3, 1.1, 1.2, 1.3]).ShouldSatisfyAllConditions(
            six => six.Verdict.ShouldBe(RatioVerdict.Faster),
            six => six.Confidence.ShouldBe(1 - (1.0 / 32), 1e-12),
            six => six.Low.ShouldBe(1.1, 1e-12),
            six => six.High.ShouldBe(1.3, 1e-12));
        PairedRatio.Of([1.1, 1.2, 1.3, 1.1, 1.2, 1.3], [1, 1, 1, 1, 1, 1]).Verdict.ShouldBe(RatioVerdict.Slower);
        PairedRatio.Of([1, 1, 1, 1, 1], [1.1, 1.2, 1.3, 1.1, 1.2]).Verdict.ShouldBe(RatioVerdict.CannotTell);
        PairedRatio.Of([1, 1, 1, 1, 1, 1], [1.1, 1.2, 1.3, 1.1, 1.2, 0.5]).Verdict.ShouldBe(RatioVerdict.CannotTell);
    }

    [Fact]
    public void A_slow_spell_that_hits_both_sides_changes_nothing()
    {
        double[] spells = [1, 2, 1, 1.4, 3, 1, 1, 1.1];
        PairedRatio.Of([.. spells.Select(spell => 4 * spell)], [.. spells.Select(spell => 5 * spell)]).ShouldBe(
            new PairedRatio(1.25, 1.25, 1.25, PairedRatio.Of([1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]).Confidence, 8, 0));
    }

    [Fact]
    public void Exchanging_the_sides_turns_the_interval_over()
    {
        var random = new Random(5);
        double[] first = [.. Enumerable.Range(0, 15).Select(_ => 1 + random.NextDouble())];
        double[] second = [.. Enumerable.Range(0, 15).Select(_ => 1 + random.NextDouble())];
        var there = PairedRatio.Of(first, second);
        var back = PairedRatio.Of(second, first);
        back.Low.ShouldBe(1 / there.High, 1e-12);
        back.High.ShouldBe(1 / there.Low, 1e-12);
        back.Median.ShouldBe(1 / there.Median, 1e-12);
    }

    [Fact]
    public void Nearly_half_of_few_rounds_may_be_disturbed_for_the_plain_median() =>
        PairedRatio.MedianOf([1, 1, 1, 9, 9], [1.5, 1.5, 1.5, 1.5, 1.5]).ShouldBe(1.5);

    [Fact]
    public void What_is_no_pair_is_refused()
    {
        Should.Throw<ArgumentException>(() => PairedRatio.Of([], []));
        Should.Throw<ArgumentException>(() => PairedRatio.Of([1], [1, 2]));
        Should.Throw<ArgumentException>(() => PairedRatio.Of([1, 0], [1, 1]));
        Should.Throw<ArgumentException>(() => PairedRatio.Of([1, double.NaN], [1, 1]));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public void The_interval_holds_the_ratio_as_often_as_it_says(int pairs)
    {
        const int sessions = 2000;
        var random = new Random(11);
        int held = 0;
        double confidence = 0;
        for (int session = 0; session < sessions; session++)
        {
            double[] first = [.. Enumerable.Range(0, pairs).Select(_ => Math.Exp(0.1 * Normal(random)))];
            double[] second = [.. Enumerable.Range(0, pairs).Select(_ => 1.2 * Math.Exp(0.1 * Normal(random)))];
            var ratio = PairedRatio.Of(first, second);
            confidence = ratio.Confidence;
            held += ratio.Low <= 1.2 && 1.2 <= ratio.High ? 1 : 0;
        }

        // Three standard errors of a share.
        double error = 3 * Math.Sqrt(confidence * (1 - confidence) / sessions);
        confidence.ShouldBeInRange(0.95, 0.965);
        ((double)held / sessions).ShouldBeInRange(confidence - error, confidence + error);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
