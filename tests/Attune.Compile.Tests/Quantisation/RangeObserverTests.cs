using Attune.Compile.Quantisation;
using Attune.Kernels;
using Attune.Passes.Quantised;

namespace Attune.Compile.Tests.Quantisation;

public sealed class RangeObserverTests
{
    private const float Outlier = 1000;

    // Ten thousand numbers evenly from 0 to 1, and one far off.
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 10_000).Select(i => i / 10_000f), Outlier];

    [Fact]
    public void Extremes_are_the_least_and_greatest_number_and_zero()
    {
        Observed([2, 5]).Choose(QuantiserOptions.Default).ShouldBe(new ValueRange(0, 5));
        Observed([-2, -5]).Choose(QuantiserOptions.Default).ShouldBe(new ValueRange(-5, 0));
        Observed(Numbers).Choose(QuantiserOptions.Default).ShouldBe(new ValueRange(0, Outlier));
    }

    [Fact]
    public void A_percentile_cuts_off_what_it_leaves_and_no_more()
    {
        ValueRange cut = Observed(Numbers).Choose(new QuantiserOptions { Method = CalibrationMethod.Percentile, Percentile = 99.9 });

        // Ten numbers may go, the outlier does; the cell below 1, of a 2048th of the range, holds hundreds.
        cut.Low.ShouldBe(0);
        cut.High.ShouldBeInRange(1, 3 * Outlier / RangeObserver.Bins);
        Observed(Numbers).Choose(new QuantiserOptions { Method = CalibrationMethod.Percentile, Percentile = 100 }).ShouldBe(new ValueRange(0, Outlier));
    }

    [Fact]
    public void The_least_mean_square_is_no_worse_than_that_of_any_share_of_the_range()
    {
        var random = new Random(5);
        float[] numbers = [.. Enumerable.Range(0, 20_000).Select(_ => (float)Math.Pow((random.NextDouble() * 2) - 1, 9) * 10)];
        ValueRange all = Observed(numbers).Choose(QuantiserOptions.Default);
        ValueRange best = Observed(numbers).Choose(new QuantiserOptions { Method = CalibrationMethod.MeanSquareError });
        best.High.ShouldBeLessThan(all.High);
        double least = Error(numbers, best);
        foreach (float share in (float[])[1, 0.9f, 0.7f, 0.5f, 0.3f, 0.1f, 0.03f])
        {
            // Cells stand for their numbers by their middles.
            least.ShouldBeLessThan(Error(numbers, new ValueRange(all.Low * share, all.High * share)) * 1.02);
        }
    }

    [Fact]
    public void What_is_no_number_is_noticed()
    {
        Observed([1, float.NaN, 2]).IsFinite.ShouldBeFalse();
        Observed([1, float.NegativeInfinity]).IsFinite.ShouldBeFalse();
        Observed([float.MinValue, float.MaxValue]).IsFinite.ShouldBeFalse();
        Observed([1, 2]).IsFinite.ShouldBeTrue();
    }

    [Fact]
    public void Bytes_cover_a_range_and_have_zero()
    {
        new ValueRange(0, 25.5f).Bytes().ShouldBe(new ByteScale(0.1f, 0, DataType.UInt8));
        new ValueRange(-1, 1.55f).Bytes().ShouldBe(new ByteScale(0.01f, 100, DataType.UInt8));
        new ValueRange(-2, 0).Bytes().Zero.ShouldBe(255);
        new ValueRange(0, 0).Bytes().ShouldBe(new ByteScale(1, 0, DataType.UInt8));
        new ValueRange(0, 1e-40f).Bytes().ShouldBe(new ByteScale(1, 0, DataType.UInt8));
    }

    private static double Error(float[] numbers, ValueRange range)
    {
        ByteScale bytes = range.Bytes();
        return numbers.Average(number => Math.Pow(number - bytes.Dequantise(bytes.Quantise(number)), 2));
    }

    private static RangeObserver Observed(float[] numbers)
    {
        var observer = new RangeObserver();
        observer.See(numbers);
        if (observer.IsFinite)
        {
            observer.Count(numbers);
        }

        return observer;
    }
}
