using System.Globalization;
using Attune.Experiments.OneProxy;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Tests.OneProxy;

/// <summary>The experiment on a small family of cells whose latencies are made up here: three edges, four operations, devices between two extremes.</summary>
public sealed class OneProxySessionTests : WorkFolder
{
    private static readonly string[] Operations = ["none", "skip_connect", "conv", "pool"];
    private static readonly string[] Devices =
    [
        "EdgeGPU", "EdgeTPU", "Eyeriss", "FPGA", "Pixel3", "Raspi4", "Adreno630", "Adreno640", "CortexA76", "MyriadVPU", "GTX1080Ti", "Kryo485", "Hexagon690",
        "Adreno640_eagle",
        "i7_7820X", "JetsonNano", "JetsonNano16",
    ];

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void Every_table_is_made_once_and_taken_over_afterwards()
    {
        WriteData();
        var options = new OneProxyOptions { Data = Path.Combine(Folder, "data"), Seeds = 1, NetworkSteps = 0 };
        OneProxyResults results = Run(options);
        results.Resumed.ShouldBe(0);
        results.Scale.ShouldStartWith("Scaled down");
        results.Tables.Select(table => table.Section).Distinct().Count().ShouldBeGreaterThanOrEqualTo(6);
        results.Figures["fleet_chosen_50"].ShouldBeInRange(0.9, 1);
        results.Figures["adaproxy_cv_50"].ShouldBeInRange(0.8, 1);
        results.Goals.ShouldContain(goal => goal.Figure == "fleet_chosen_50" && !double.IsNaN(goal.Reached));
        OneProxyResults again = Run(options);
        again.Resumed.ShouldBeGreaterThanOrEqualTo(7);
        again.Figures.ShouldBe(results.Figures);
        string page = HtmlReport.Of(OneProxyReport.Of(results, ["Data: made up"]));
        page.ShouldContain("class=\"heat\"");
        page.ShouldContain("Scaled down");
        MarkdownReport.Of(OneProxyReport.Of(results, [])).ShouldContain("| JetsonNano16 |");
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void Devices_are_left_out_in_turn_as_often_as_asked()
    {
        WriteData();
        var data = OneProxyData.Read(Path.Combine(Folder, "data"));
        OneProxyTable table = HeldOutPart.Of(data, 2, 150, _ => { }, CancellationToken.None).Single();
        table.Rows.Select(row => row[0]).ShouldBe([Devices[0], Devices[1], "mean"]);
        // A device that is no one's copy leaves all others in the training.
        table.Rows[0][1].ShouldBe($"{Devices.Length - 1}");
        table.Figures["held_out_scalable_mean"].ShouldBeInRange(0.5, 1);
        var options = new OneProxyOptions { Data = "data", Seeds = 10, HeldOut = 3 };
        options.Scale.ShouldContain("3 of 18 devices left out");
        options.Scale.ShouldStartWith("Scaled down");
        (options with { HeldOut = -1 }).Problems().ShouldHaveSingleItem();
    }

    [Fact]
    public void The_least_time_of_many_turns_counts_and_every_method_takes_part_in_each()
    {
        var asked = new int[2];
        var timing = new OptimizerTiming(
            new SteppingClock(TimeSpan.FromMilliseconds(1)),
            [new("search", _ => asked[0]++), new("kept", _ => asked[1]++, Repeats: 3)],
            peer: 0,
            queriesPerDevice: 2);
        OneProxyTable table = timing.Run(4, first: 0, kept: 1, CancellationToken.None);
        asked[1].ShouldBe(3 * asked[0]);
        (asked[0] % 4).ShouldBe(0);
        table.Rows.Length.ShouldBe(3);
        // Both measurements take one tick of this clock, which is shared by the repeats of the second.
        table.Figures["optimizer_first_time_share"].ShouldBe(1);
        table.Figures["optimizer_kept_time_share"].ShouldBe(1.0 / 3, 1e-9);
        table.Figures["optimizer_multiplier_time_share"].ShouldBe(2.0 / 3, 1e-9);
    }

    [Fact]
    public void Scales_out_of_range_are_refused() =>
        Should.Throw<ArgumentException>(() => new OneProxySession(
            Folder, new OneProxyOptions { Data = Folder, Seeds = 0, NetworkSteps = -1 }, TimeProvider.System, _ => { })).Message.ShouldContain("0 seeds");

    [Fact]
    public void Correlations_fall_into_their_class()
    {
        var classes = new Classes(0.5, 0.9);
        new[] { -1, 0.4999, 0.5, 0.8999, 0.9, 1 }.Select(classes.Of).ShouldBe([0, 0, 1, 1, 2, 2]);
        Enumerable.Range(0, classes.Count).Select(classes.Name).ShouldBe(["below 0.5", "0.5 to 0.9", "from 0.9"]);
    }

    private OneProxyResults Run(OneProxyOptions options)
    {
        using var session = new OneProxySession(Path.Combine(Folder, "state"), options, TimeProvider.System, _ => { });
        return session.Run(CancellationToken.None);
    }

    private void WriteData()
    {
        string data = Path.Combine(Folder, "data");
        Directory.CreateDirectory(data);
        var random = new Random(4);
        double[][] costs = [.. Devices.Select((_, d) => Enumerable.Range(0, 3 * 4).Select(
            k => (k % 4 == 0 ? 0 : k % 4) * (1 + (0.8 * Math.Sin(d + (k / 4)))) * (0.7 + (0.6 * random.NextDouble()))).ToArray())];
        var latencies = new List<string> { "row," + string.Join(',', Devices) };
        var architectures = new List<string> { "row,op_1_0,op_2_0,op_2_1" };
        var accuracies = new List<string> { "row,acc_cifar10,acc_cifar100,acc_imagenet16_120" };
        for (int copy = 0; copy < 4; copy++)
        {
            for (int i = 0; i < 64; i++)
            {
                int[] genes = [i / 16, i / 4 % 4, i % 4];
                int row = (64 * copy) + i;
                latencies.Add($"{row}," + string.Join(
                    ',', Devices.Select((_, d) => (2 + genes.Select((gene, e) => costs[d][(4 * e) + gene]).Sum() + (0.05 * random.NextDouble())).ToString(
                        "R",
                        CultureInfo.InvariantCulture))));
                architectures.Add($"{row}," + string.Join(',', genes.Select(gene => Operations[gene])));
                double accuracy = 50 + (5 * genes.Sum(gene => Math.Sqrt(gene))) + random.NextDouble();
                accuracies.Add(string.Create(CultureInfo.InvariantCulture, $"{row},{accuracy + 20},{accuracy},{accuracy - 20}"));
            }
        }

        File.WriteAllLines(Path.Combine(data, "latency_ms.csv"), latencies);
        File.WriteAllLines(Path.Combine(data, "architectures.csv"), architectures);
        File.WriteAllLines(Path.Combine(data, "accuracy.csv"), accuracies);
    }
}
