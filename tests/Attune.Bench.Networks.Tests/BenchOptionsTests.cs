namespace Attune.Bench.Networks.Tests;

public sealed class BenchOptionsTests
{
    [Fact]
    public void The_whole_table_has_every_network_at_both_widths_and_narrow_weights_where_they_matter()
    {
        var rows = new BenchOptions().Rows(512);
        rows.ShouldBeUnique();
        rows.Count(row => row is { VectorBits: 512, Weights: "f32" }).ShouldBe(16);
        rows.Count(row => row is { VectorBits: 256, Weights: "f32" }).ShouldBe(16);
        rows.Where(row => row.Weights != "f32").ShouldAllBe(row => row.VectorBits == 512 && (row.Network == "alexnet" || row.Network == "vgg16"));
    }

    [Fact]
    public void Widths_that_the_machine_lacks_are_no_rows_of_their_own() =>
        new BenchOptions { Networks = ["resnet18"], Threads = [1] }.Rows(256).ShouldHaveSingleItem().VectorBits.ShouldBe(256);

    [Theory]
    [InlineData("20s", 20)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    public void Durations_are_read(string text, double seconds) => BenchOptions.Seconds(text).ShouldBe(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("20")]
    [InlineData("-5s")]
    [InlineData("x s")]
    public void What_is_no_duration_is_refused(string text) => BenchOptions.Seconds(text).ShouldBeNull();

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var wrong = new BenchOptions { Threads = [0], Vectors = ["333"], Weights = ["f8"], MinimumRuns = 0, DurationSeconds = 0 };
        wrong.Problems().Length.ShouldBe(5);
        new BenchOptions().Problems().ShouldBeEmpty();
    }
}
