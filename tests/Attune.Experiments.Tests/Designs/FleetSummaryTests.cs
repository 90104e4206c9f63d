using Attune.Design.Data;
using Attune.Experiments.Designs;

namespace Attune.Experiments.Tests.Designs;

public sealed class FleetSummaryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-fleet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_copy_of_a_device_is_not_recommended_as_its_proxy()
    {
        // twin is phone times two; board orders most designs the same way, with two of every eight swapped.
        string[] rows = [.. Enumerable.Range(0, 24).Select(i => $"{i},{i + 1},{2 * (i + 1)},{10 + (i % 8 == 0 ? i + 1.5 : i)}")];
        File.WriteAllLines(Path.Combine(folder, "latency_ms.csv"), ["row,phone,twin,board", .. rows]);
        var summary = FleetSummary.Of(DesignFolder.Read(folder));
        summary.Targets.Select(target => (target.Target, target.Proxy)).ShouldBe([("phone", "board"), ("twin", "board"), ("board", "phone")]);
        summary.Targets[0].RankCorrelation.ShouldNotBeNull().ShouldBeLessThan(1);
    }

    [Fact]
    public void Where_all_others_are_copies_there_is_no_proxy()
    {
        File.WriteAllLines(Path.Combine(folder, "latency_ms.csv"), ["row,phone,twin", .. Enumerable.Range(0, 12).Select(i => $"{i},{i + 1},{3 * (i + 1)}")]);
        var summary = FleetSummary.Of(DesignFolder.Read(folder));
        summary.Targets.ShouldAllBe(target => target.Proxy == "-" && target.Action == "no proxy" && target.RankCorrelation == null);
    }
}
