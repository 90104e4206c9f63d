using Attune.Experiments.Date2021;
using Attune.Experiments.Iccv2021;
using Attune.Experiments.Statistics;

namespace Attune.Experiments.Tests.Papers;

/// <summary>The papers' tables hold redundant numbers; a slip in copying them would break the relations that they print.</summary>
public sealed class PublishedTests
{
    // Deltas against AutoTVM as printed, percent.
    [Theory]
    [InlineData("AlexNet", -1.95, 29.23, -2.46, -59.09)]
    [InlineData("ResNet-18", -2.12, -3.53, -4.39, -17.27)]
    [InlineData("VGG-16", -12.84, -72.42, -13.80, -84.82)]
    [InlineData("MobileNet-v1", -17.54, -41.89, -28.08, -92.74)]
    [InlineData("SqueezeNet-v1.1", -14.50, -50.63, -20.43, -84.75)]
    public void Table_one_agrees_with_its_deltas(string model, double bted, double btedVariance, double bao, double baoVariance)
    {
        PublishedLatency[] cells = [.. PublishedLatency.All.Where(cell => cell.Model == model)];
        cells.Length.ShouldBe(3);
        Percent(cells[1].LatencyMs, cells[0].LatencyMs).ShouldBe(bted, 0.02);
        Percent(cells[2].LatencyMs, cells[0].LatencyMs).ShouldBe(bao, 0.02);
        Percent(cells[1].Variance, cells[0].Variance).ShouldBe(btedVariance, 0.05);
        Percent(cells[2].Variance, cells[0].Variance).ShouldBe(baoVariance, 0.05);
    }

    [Fact]
    public void The_posters_hypervolumes_follow_from_its_times()
    {
        foreach (PublishedSearch cell in PublishedSearch.All.Where(cell => cell.Volume is not null))
        {
            PublishedSearch baseline = PublishedSearch.All.First(other => other.Model == cell.Model && other.Volume is null);
            Hypervolume.Of(cell.SearchHours, cell.LatencyMs, baseline.SearchHours, baseline.LatencyMs).ShouldBe(cell.Volume!.Value, 0.01 * cell.Volume.Value);
        }
    }

    private static double Percent(double value, double baseline) => ((value / baseline) - 1) * 100;
}
