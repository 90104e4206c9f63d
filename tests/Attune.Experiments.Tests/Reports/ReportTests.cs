using System.Xml.Linq;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Tests.Reports;

public sealed class ReportTests
{
    private static readonly ChartSeries Rising = new("a <b>", [new ChartPoint(1, 2, 1, 3), new ChartPoint(2, 4, 3, 5), new ChartPoint(4, 8, 6, 9)]);
    private static readonly ChartSeries Flat = new("flat", [ChartPoint.At(1, 1), ChartPoint.At(4, 1)]);

    private static readonly ReportDocument Document = new(
        "Title & more",
        "Scaled down: 1 seed of 10.",
        ["Device: d"],
        [
            new ReportSection("One",
            [
                new ReportParagraph("A | B <script>"),
                new ReportTable("Numbers", ["name", ">value"], [["x", "1"], ["y|z", "2"]]),
                new LineChart("Lines", "n", "speed", [Rising, Flat]),
                new BarChart("Bars", "height", ["g1", "g2"], [new ChartSeries("s", [new ChartPoint(0, 2, 1, 3), ChartPoint.At(1, 4)])]),
                new ScatterChart("Cloud", "u", "v", [Rising, Flat]),
            ]),
        ]);

    [Fact]
    public void The_page_needs_nothing_from_elsewhere_and_takes_text_as_text()
    {
        string page = HtmlReport.Of(Document);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("http");
        page.ShouldNotContain("src=");
        page.ShouldContain("Title &amp; more");
        page.ShouldContain("prefers-color-scheme: dark");
        page.ShouldContain("Scaled down: 1 seed of 10.");
    }

    [Fact]
    public void Charts_are_well_formed_and_named_for_screen_readers()
    {
        string[] charts =
        [
            SvgChart.Draw(new LineChart("Lines", "n", "y", [Rising, Flat])), SvgChart.Draw(new ScatterChart("Cloud", "u", "v", [Rising, Flat])),
            SvgChart.Draw(new BarChart("Bars", "h", ["g"], [new ChartSeries("s", [ChartPoint.At(0, 2)])])),
        ];
        foreach (string chart in charts)
        {
            var svg = XElement.Parse(chart);
            svg.Attribute("aria-label").ShouldNotBeNull().Value.ShouldNotBeEmpty();
            svg.Descendants("text").ShouldNotBeEmpty();
        }

        XElement.Parse(charts[0]).Descendants("polyline").Select(
            line => line.Attribute("stroke-dasharray")!.Value).Distinct().Count().ShouldBe(2, "series must differ in more than colour");
        XElement.Parse(charts[0]).Descendants("polygon").Count().ShouldBe(1, "only one series has a band");
    }

    [Fact]
    public void Names_of_many_bars_stay_whole_and_apart()
    {
        string[] names =
        [
            "neuos balanced", "neuos min-energy", "neuos max-accuracy", "predjoule", "predjoule-table", "apnet", "poet", "max", "race-to-idle", "static-best",
            "oracle", "all-out",
        ];
        var svg = XElement.Parse(
            SvgChart.Draw(new BarChart("Bars", "h", [.. names], [new ChartSeries("s", [.. names.Select((_, i) => ChartPoint.At(i, 1))])])));
        string[] shown = [.. svg.Descendants("text").Where(
            text => text.Attribute("transform")?.Value.Contains("rotate(-35)") == true).Select(text => text.Value)];
        shown.ShouldBe(names);

        // The longest slanted name ends above the legend, and the legend inside the picture.
        double height = double.Parse(svg.Attribute("viewBox")!.Value.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        double legend = svg.Descendants("text").Where(text => text.Value == "s").Max(
            text => double.Parse(text.Attribute("y")!.Value, System.Globalization.CultureInfo.InvariantCulture));
        legend.ShouldBeLessThan(height);
        (380 - 58 + 14 + (names.Max(name => name.Length) * 6.5 * Math.Sin(35 * Math.PI / 180))).ShouldBeLessThan(legend - 4);
    }

    [Fact]
    public void Headings_of_wide_tables_wrap() =>
        HtmlReport.Of(Document).ShouldContain("thead th { white-space: normal;");

    [Fact]
    public void Marks_stay_inside_the_picture()
    {
        var svg = XElement.Parse(SvgChart.Draw(new LineChart("Lines", "n", "y", [Rising, Flat])));
        double[] box = [.. svg.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse)];
        foreach (XElement shape in svg.Descendants().Where(each => each.Name.LocalName is "polyline" or "polygon"))
        {
            foreach (string pair in shape.Attribute("points")!.Value.Split(' '))
            {
                double[] at = [.. pair.Split(',').Select(double.Parse)];
                at[0].ShouldBeInRange(box[0], box[2]);
                at[1].ShouldBeInRange(box[1], box[3]);
            }
        }
    }

    [Fact]
    public void Markdown_tables_have_as_many_cells_in_every_row()
    {
        string[] lines = MarkdownReport.Of(Document).Split('\n');
        lines.ShouldContain("| x | 1 |");
        lines.ShouldContain(line => line.Contains("y\\|z"));
        lines.ShouldContain("| 2 | 4 |  |", "a curve becomes a table of its points; a series without a point there has an empty cell");
        lines.ShouldContain("| g2 | 4 |");
    }

    [Fact]
    public void All_three_files_are_written()
    {
        string folder = Directory.CreateTempSubdirectory("attune-report-").FullName;
        try
        {
            string[] files = [.. ReportFiles.Write(folder, Document, new { SomeValue = 1.5 })];
            files.Select(Path.GetFileName).ShouldBe(["report.html", "report.md", "report.json"]);
            File.ReadAllText(files[2]).ShouldContain("\"some_value\": 1.5");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Ticks_are_round_and_inside_the_axis()
    {
        var axis = new Axis(0, 1.07, 0, 100);
        axis.Ticks().Select(tick => Math.Round(tick, 9)).ShouldBe([0, 0.2, 0.4, 0.6, 0.8, 1]);
        axis.Place(1.07).ShouldBe(100);
        Axis.Over([3, 3], fromZero: false, 0, 10).Ticks().ShouldNotBeEmpty("equal numbers must not make an empty axis");
    }
}
