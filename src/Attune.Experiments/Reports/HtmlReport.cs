using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Attune.Experiments.Reports;

/// <summary>Writes reports as one HTML page that needs nothing else: styles and charts are inside, for light and dark screens and for paper.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root { --back: #ffffff; --ink: #1b1b1b; --soft: #5a5a5a; --rule: #d8d8d8;
          --c0: #0072b2; --c1: #d55e00; --c2: #007a5a; --c3: #a8437f; --c4: #8a6d00; --c5: #3a4a5a; --c6: #3f8fbf; --c7: #7a3b10; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --back: #14171a; --ink: #ececec; --soft: #a8b0b8; --rule: #3a4047;
          --c0: #56b4e9; --c1: #ff9a4d; --c2: #3fd0a4; --c3: #e79ac6; --c4: #f0e442; --c5: #c3ccd6; --c6: #8fd0f5; --c7: #e0a878; } }
        body { background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        .scale { font-weight: 600; border-left: 4px solid var(--c1); padding-left: .8rem; }
        .conditions, figcaption, caption { color: var(--soft); }
        caption { text-align: left; padding-bottom: .3rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
        th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--rule); text-align: left; white-space: nowrap; }
        thead th { white-space: normal; vertical-align: bottom; }
        th.n, td.n { text-align: right; }
        .heat th, .heat td { padding: .1rem .25rem; font-size: .7rem; border: none; white-space: nowrap; }
        .turned { writing-mode: vertical-rl; }
        figure { margin: 1.2rem 0; }
        svg { width: 100%; height: auto; }
        svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .axis, .whisker { stroke: var(--ink); stroke-width: 1.2; }
        .line { fill: none; stroke-width: 2.2; }
        .band { opacity: .15; }
        .mark { opacity: .8; }
        """;

    /// <summary>The page's text.</summary>
    public static string Of(ReportDocument report)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
            + "initial-scale=1\">\n<title>")
            .Append(Text(report.Title)).Append("</title>\n<style>\n").Append(Style).Append('\n').Append(SeriesStyle()).Append(
                "</style>\n</head>\n<body>\n<main>\n<h1>")
            .Append(Text(report.Title)).Append("</h1>\n<p class=\"scale\">").Append(Text(report.Scale)).Append("</p>\n<ul class=\"conditions\">\n");
        foreach (string condition in report.Conditions)
        {
            page.Append("<li>").Append(Text(condition)).Append("</li>\n");
        }

        page.Append("</ul>\n");
        foreach (ReportSection section in report.Sections)
        {
            page.Append("<section>\n<h2>").Append(Text(section.Title)).Append("</h2>\n");
            foreach (ReportBlock block in section.Blocks)
            {
                Append(page, block);
            }

            page.Append("</section>\n");
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, ReportBlock block)
    {
        switch (block)
        {
            case ReportParagraph paragraph:
                page.Append("<p>").Append(Text(paragraph.Text)).Append("</p>\n");
                break;
            case ReportTable table:
                Append(page, table);
                break;
            case HeatMap map:
                Append(page, map);
                break;
            case LineChart chart:
                Figure(page, SvgChart.Draw(chart), chart.Caption);
                break;
            case BarChart chart:
                Figure(page, SvgChart.Draw(chart), chart.Caption);
                break;
            case ScatterChart chart:
                Figure(page, SvgChart.Draw(chart), chart.Caption);
                break;
        }
    }

    private static void Append(StringBuilder page, ReportTable table)
    {
        page.Append("<div class=\"wide\"><table>\n<caption>").Append(Text(table.Caption)).Append("</caption>\n<thead><tr>");
        foreach (string column in table.Columns)
        {
            page.Append(column.StartsWith('>') ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">").Append(Text(column.TrimStart('>'))).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (ImmutableArray<string> row in table.Rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < row.Length; i++)
            {
                page.Append(table.Columns[i].StartsWith('>') ? "<td class=\"n\">" : "<td>").Append(Text(row[i])).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static void Append(StringBuilder page, HeatMap map)
    {
        page.Append("<div class=\"wide\"><table class=\"heat\">\n<caption>").Append(Text(map.Caption)).Append("</caption>\n<thead><tr><th></th>");
        foreach (string label in map.Labels)
        {
            page.Append("<th class=\"turned\" scope=\"col\">").Append(Text(label)).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < map.Labels.Length; i++)
        {
            page.Append("<tr><th scope=\"row\">").Append(Text(map.Labels[i])).Append("</th>");
            for (int j = 0; j < map.Labels.Length; j++)
            {
                double value = map.Values[(i * map.Labels.Length) + j];
                // From 0.3 on, where decisions are made, the colour deepens; text stays readable on both schemes.
                int strength = double.IsNaN(value) ? 0 : (int)Math.Round(70 * Math.Clamp((value - 0.3) / 0.7, 0, 1));
                page.Append($"<td class=\"n\" style=\"background: color-mix(in srgb, var(--c0) {strength}%, var(--back))\">")
                    .Append(HeatMap.Cell(value))
                    .Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static void Figure(StringBuilder page, string svg, string caption) =>
        page.Append("<figure>").Append(svg).Append("<figcaption>").Append(Text(caption)).Append("</figcaption></figure>\n");

    private static string SeriesStyle()
    {
        var style = new StringBuilder();
        for (int i = 0; i < SvgChart.Styles; i++)
        {
            style.Append($".line.s{i} {{ stroke: var(--c{i}); }} .band.s{i}, .bar.s{i}, .mark.s{i} {{ fill: var(--c{i}); }}\n");
        }

        return style.ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
