using System.Text.Json.Nodes;

namespace Attune.Bench.Networks.Tests;

public sealed class MarkdownReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-bench-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_tables_hold_what_was_measured()
    {
        string report = await Report(["resnet18"], perLayer: false);
        report.ShouldContain("| CPU | Test CPU; ");
        report.ShouldContain("Linux 1, .NET 10.0, onnxruntime 9.9");
        report.ShouldContain(
            "| resnet18 | 1 | 512 | f32 | 10.00 ± 0.50 | 9.50 | 11.00 | 12.00 | 20.00 ± 1.00 | 19.00 | 21.00 | 22.00 | 120 | 2.000 [1.900, 2.100] |");
        report.ShouldContain("| resnet18 | 1 | 512 | f32 | 20.00 ms | 10.00 ms | 3 | 150 | 50 | 20 s | 5.0 | 5.0 % | 15.0 % | 20.0 % |");
        report.ShouldContain("| resnet18 | 1 | 512 | f32 | 40 ms | 50 ms | 1.0 MiB | 2.0 MiB | 0 B | 1.0e-03 | 2.0e-06 | 1e-04 | yes |");
        report.ShouldNotContain("####");
        report.ShouldNotContain("Failed");
    }

    [Fact]
    public async Task Layers_are_reported_on_request_with_their_distance_from_the_roofline()
    {
        string report = await Report(["resnet18"], perLayer: true);
        report.ShouldContain("#### resnet18, 1 thread, 512-bit vectors, f32 weights");
        report.ShouldContain("| conv1 | conv 3x3 | winograd4 | 4.000 ± 0.100 | 40.0 % | 300.0 | 75.0 | 1.0 | compute | 150 % | 38 % | 2 % |");

        // (3 x 0.9 + 1 x 0.5) / 4 = 0.8; the layer that saves multiplications is no part of it.
        report.ShouldContain("2 compute-bound layers that execute every multiplication: 50 % to 90 % of the roofline, 80 % weighted by time");
        report.ShouldContain("1 memory-bound matrix products: 92 % to 92 % of the roofline");
    }

    [Fact]
    public async Task Means_are_geometric_and_the_papers_networks_stand_apart()
    {
        string few = await Report(["resnet18", "alexnet"], perLayer: false);
        few.ShouldContain("over 2 networks: **2.000**");

        // (4 x 1 x 2 x 2 x 2)^(1/5) = 2.
        string papers = await Report(["vgg16", "resnet18", "squeezenet_v1.1", "mobilenet_v1", "alexnet"], perLayer: false, ("vgg16", 4), ("resnet18", 1));
        papers.ShouldContain("over the papers' 5 networks: **2.000**");
    }

    [Fact]
    public void Missing_values_are_dashes()
    {
        var row = new BenchRow("x", 1, 512, "f32", DateTimeOffset.UnixEpoch, "c", "bench/run", null, null, new JsonObject(), []);
        using var text = new StringWriter();
        new MarkdownReport(new BenchResults([], "Linux", [row]), [row]).Write(text, perLayer: true);
        $"{text}".ShouldContain("| x | 1 | 512 | f32 | - | - | - | - | - | - | - | - | - | - [-, -] |");
    }

    private async Task<string> Report(string[] networks, bool perLayer, params (string Network, double Ratio)[] ratios)
    {
        var attune = new ScriptedAttune();
        foreach ((string network, double ratio) in ratios)
        {
            attune.Ratios[network] = ratio;
        }

        var options = new BenchOptions { Networks = [.. networks], Threads = [1], Vectors = ["widest"], Weights = ["f32"], Output = folder };
        var session = new BenchSession(attune, options, new BenchOrigin("Linux 1", "abc", "bench/run"), TimeProvider.System, _ => { });
        await session.RunAsync();
        using var text = new StringWriter();
        new MarkdownReport(session.Results!, session.Rows).Write(text, perLayer);
        return $"{text}";
    }
}
