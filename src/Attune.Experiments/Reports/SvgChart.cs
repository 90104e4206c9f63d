using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace Attune.Experiments.Reports;

/// <summary>
/// Draws charts as SVG. Colours come from classes that the page's style defines for light and dark; series differ in dash pattern or marker too, so that
/// nothing is told by colour alone. Every mark carries its numbers as a title.
/// </summary>
internal static class SvgChart
{
    private const double Width = 760;
    private const double Height = 380;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 16;
    private const double Bottom = 58;
    private const double LegendRow = 20;
    private const double LetterWidth = 6.5;
    private const int Slant = 35;
    private const int LongestName = 30;
    private static readonly ImmutableArray<string> Dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 4", "14 3 3 3"];

    /// <summary>Number of series styles; more series than this share styles.</summary>
    public static int Styles => Dashes.Length;

    public static string Draw(LineChart chart)
    {
        var svg = new StringBuilder();
        Axis x = Axis.Over(chart.Series.SelectMany(each => each.Points).Select(point => point.X), fromZero: false, Left, Width - Right);
        Axis y = Axis.Over(
            chart.Series.SelectMany(each => each.Points).SelectMany(point => new[] { point.Y, point.Low, point.High }), fromZero: false, Height - Bottom, Top);
        Begin(svg, chart.Caption, chart.Series.Length);
        Grid(svg, x, y, chart.XTitle, chart.YTitle, x.Ticks().Select(tick => (x.Place(tick), Axis.Text(tick))));
        for (int i = 0; i < chart.Series.Length; i++)
        {
            ImmutableArray<ChartPoint> points = chart.Series[i].Points;
            if (points.Any(point => point.High > point.Low))
            {
                string band = string.Join(
                    ' ', points.Select(point => At(x, y, point.X, point.High)).Concat(points.Reverse().Select(point => At(x, y, point.X, point.Low))));
                svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band s{i % Styles}\" points=\"{band}\"/>");
            }

            string line = string.Join(' ', points.Select(point => At(x, y, point.X, point.Y)));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line s{i % Styles}\" stroke-dasharray=\"{Dashes[i % Styles]}\" "
                + $"points=\"{line}\"><title>{Text(chart.Series[i].Name)}</title></polyline>");
        }

        Legend(svg, chart.Series, lines: true);
        return svg.Append("</svg>").ToString();
    }

    public static string Draw(ScatterChart chart)
    {
        var svg = new StringBuilder();
        Axis x = Axis.Over(chart.Series.SelectMany(each => each.Points).Select(point => point.X), fromZero: false, Left, Width - Right);
        Axis y = Axis.Over(chart.Series.SelectMany(each => each.Points).Select(point => point.Y), fromZero: false, Height - Bottom, Top);
        Begin(svg, chart.Caption, chart.Series.Length);
        Grid(svg, x, y, chart.XTitle, chart.YTitle, x.Ticks().Select(tick => (x.Place(tick), Axis.Text(tick))));
        for (int i = 0; i < chart.Series.Length; i++)
        {
            foreach (ChartPoint point in chart.Series[i].Points)
            {
                Marker(svg, i, x.Place(point.X), y.Place(point.Y), $"{chart.Series[i].Name}: {Axis.Text(point.X)}, {Axis.Text(point.Y)}");
            }
        }

        Legend(svg, chart.Series, lines: false);
        return svg.Append("</svg>").ToString();
    }

    public static string Draw(BarChart chart)
    {
        var svg = new StringBuilder();
        Axis y = Axis.Over(
            chart.Series.SelectMany(each => each.Points).SelectMany(point => new[] { point.Y, point.Low, point.High }), fromZero: true, Height - Bottom, Top);
        double group = (Width - Left - Right) / Math.Max(1, chart.Groups.Length);
        string[] names = [.. chart.Groups.Select(name => name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…"))];
        double longest = names.Select(name => name.Length * LetterWidth).Append(0).Max();

        // Names that do not fit side by side are slanted rather than cut: cut ones look alike.
        bool isSlanted = longest > group;
        double below = isSlanted ? Math.Max(0, (longest * Math.Sin(Slant * Math.PI / 180)) + 24 - Bottom) : 0;
        double bar = group * 0.8 / Math.Max(1, chart.Series.Length);
        Begin(svg, chart.Caption, chart.Series.Length, below);
        Grid(svg, new Axis(0, 1, Left, Width - Right), y, string.Empty, chart.YTitle, names.Select((name, i) => (Left + (group * (i + 0.5)), name)), isSlanted);
        double ground = y.Place(Math.Max(0, y.Min));
        for (int i = 0; i < chart.Series.Length; i++)
        {
            foreach (ChartPoint point in chart.Series[i].Points)
            {
                double left = Left + (group * point.X) + (group * 0.1) + (bar * i);
                double top = y.Place(point.Y);
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect class=\"bar s{i % Styles}\" x=\"{left:0.0}\" y=\"{Math.Min(top, ground):0.0}\" width=\"{Math.Max(1, bar - 1):0.0}\" "
                    + $"height=\"{Math.Abs(ground - top):0.0}\"><title>"
                    + $"{Text($"{chart.Groups[(int)point.X]}, {chart.Series[i].Name}: {Axis.Text(point.Y)}")}</title></rect>");
                if (point.High > point.Low)
                {
                    double middle = left + (bar / 2);
                    svg.Append(
                        CultureInfo.InvariantCulture,
                        $"<line class=\"whisker\" x1=\"{middle:0.0}\" x2=\"{middle:0.0}\" y1=\"{y.Place(point.Low):0.0}\" y2=\"{y.Place(point.High):0.0}\"/>");
                }
            }
        }

        Legend(svg, chart.Series, lines: false, below);
        return svg.Append("</svg>").ToString();
    }

    private static void Begin(StringBuilder svg, string caption, int series, double below = 0)
    {
        double height = Height + below + (LegendRow * ((series + 3) / 4));
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {height:0.#}\" role=\"img\" aria-label=\"{Text(caption)}\">");
    }

    private static void Grid(
        StringBuilder svg, Axis x, Axis y, string xTitle, string yTitle, IEnumerable<(double Place, string Text)> below, bool isSlanted = false)
    {
        foreach (double tick in y.Ticks())
        {
            svg.Append(
                CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{x.From}\" x2=\"{x.To}\" y1=\"{y.Place(tick):0.0}\" y2=\"{y.Place(tick):0.0}\"/>");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 6}\" y=\"{y.Place(tick) + 4:0.0}\">{Axis.Text(tick)}</text>");
        }

        foreach ((double place, string text) in below)
        {
            if (isSlanted)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"end\" transform=\"translate({place + 4:0.0} "
                    + $"{Height - Bottom + 14}) rotate(-{Slant})\">{Text(text)}</text>");
                continue;
            }

            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" text-anchor=\"middle\" x=\"{place:0.0}\" y=\"{Height - Bottom + 18}\">{Text(text)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{x.From}\" x2=\"{x.To}\" y1=\"{y.From}\" y2=\"{y.From}\"/>");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" text-anchor=\"middle\" x=\"{(x.From + x.To) / 2:0.0}\" y=\"{Height - 20}\">{Text(xTitle)}</text>");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"title\" text-anchor=\"middle\" transform=\"translate(16 {(y.From + y.To) / 2:0.0}) rotate(-90)\">{Text(yTitle)}</text>");
    }

    private static void Legend(StringBuilder svg, ImmutableArray<ChartSeries> series, bool lines, double below = 0)
    {
        for (int i = 0; i < series.Length; i++)
        {
            double left = Left + ((i % 4) * 170);
            double top = Height + below + ((i / 4) * LegendRow);
            if (lines)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line s{i % Styles}\" stroke-dasharray=\"{Dashes[i % Styles]}\" x1=\"{left}\" "
                    + $"x2=\"{left + 26}\" y1=\"{top}\" y2=\"{top}\"/>");
            }
            else
            {
                Marker(svg, i, left + 12, top, series[i].Name);
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"{left + 32}\" y=\"{top + 4}\">{Text(series[i].Name)}</text>");
        }
    }

    private static void Marker(StringBuilder svg, int series, double x, double y, string title)
    {
        string shape = (series % 4) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"<circle class=\"mark s{series % Styles}\" cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"4\">"),
            1 =>
                string.Create(
                    CultureInfo.InvariantCulture, $"<rect class=\"mark s{series % Styles}\" x=\"{x - 4:0.0}\" y=\"{y - 4:0.0}\" width=\"8\" height=\"8\">"),
            2 => string.Create(CultureInfo.InvariantCulture, $"<path class=\"mark s{series % Styles}\" d=\"M{x:0.0} {y - 5:0.0} l5 9 h-10 z\">"),
            _ => string.Create(CultureInfo.InvariantCulture, $"<path class=\"mark s{series % Styles}\" d=\"M{x:0.0} {y - 5:0.0} l5 5 l-5 5 l-5 -5 z\">"),
        };
        svg.Append(shape).Append("<title>").Append(Text(title)).Append("</title>").Append(
            shape.AsSpan(0, shape.IndexOf(' ')) switch { "<circle" => "</circle>", "<rect" => "</rect>", _ => "</path>" });
    }

    private static string At(Axis x, Axis y, double px, double py) => string.Create(CultureInfo.InvariantCulture, $"{x.Place(px):0.0},{y.Place(py):0.0}");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
