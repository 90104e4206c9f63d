using Attune.Design.Data;
using Attune.Design.Ranking;

namespace Attune.Design.Tests;

public sealed class RankingTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(37)]
    public void A_sample_has_designs_of_every_decile(int count)
    {
        double[] latencies = [.. Enumerable.Range(0, 500).Select(i => i % 50 == 7 ? double.NaN : 500.0 - i)];
        int[] drawn = StratifiedSample.Draw(latencies, count, new Random(1));
        drawn.Length.ShouldBe(count);
        drawn.Distinct().Count().ShouldBe(count);
        drawn.ShouldAllBe(i => !double.IsNaN(latencies[i]));
        int[] perDecile = [.. Enumerable.Range(0, 10).Select(s => drawn.Count(i => latencies[i] > s * 50 && latencies[i] <= (s + 1) * 50))];
        perDecile.Min().ShouldBeGreaterThanOrEqualTo((count / 10) - 1);
        perDecile.Max().ShouldBeLessThanOrEqualTo((count / 10) + 2);
    }

    [Fact]
    public void All_are_drawn_when_there_are_fewer() => StratifiedSample.Draw([3, double.NaN, 1], 10, new Random(1)).ShouldBe([2, 0]);

    [Fact]
    public void The_matrix_is_symmetric_and_ranks_pairs_on_what_they_share()
    {
        var matrix = RankMatrix.Of(
            [
                new DeviceColumn("a", [1, 2, 3, 4]), new DeviceColumn("b", [4, 3, 2, 1]), new DeviceColumn("c", [1, double.NaN, 2, 3]),
                new DeviceColumn("flat", [1, 1, 1, 1]),
            ]);
        matrix[0, 1].ShouldBe(-1, 1e-12);
        matrix[0, 2].ShouldBe(1, 1e-12);
        matrix[2, 0].ShouldBe(matrix[0, 2]);
        matrix[3, 3].ShouldBe(double.NaN);
        matrix.Pairs().Length.ShouldBe(3);
        matrix.ByMean()[^1].Device.ShouldBe("flat");
    }

    [Fact]
    public void Copies_are_found_and_similar_devices_are_not()
    {
        var random = new Random(2);
        double[] device = [.. Enumerable.Range(0, 100).Select(_ => 1 + (4 * random.NextDouble()))];
        DeviceCopies.AreCopies(device, [.. device.Select(value => 3 * value * (1 + (0.01 * random.NextDouble())))]).ShouldBeTrue();
        DeviceCopies.AreCopies(device, [.. device.Select(value => value * (1 + (0.3 * random.NextDouble())))]).ShouldBeFalse();
    }
}
