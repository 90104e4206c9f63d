using System.Collections.Frozen;
using System.Globalization;
using Attune.Records;
using Attune.Records.Csv;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>
/// The comma-separated format (RFC 4180 without line ends inside quotes): one column per knob, then status, time_ms, time_sd_ms, compile_ms, benchmark_ms.
/// Columns after those that start with "feature_" are features of the configuration; others are ignored.
/// </summary>
internal static class CsvRecording
{
    public const string FeaturePrefix = "feature_";
    private const string StatusColumn = "status";
    private const int LongestExcerpt = 40;
    private static readonly FrozenSet<string> NotFinite = new[] { "nan", "inf", "-inf", "+inf" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly string[] Results = [StatusColumn, "time_ms", "time_sd_ms", "compile_ms", "benchmark_ms"];

    public static RecordedTable Read(string name, TextReader reader)
    {
        using IEnumerator<CsvRow> rows = CsvRows.Read(reader).GetEnumerator();
        string[] header = rows.MoveNext() ? Cells(rows.Current, name) : [];
        int knobs = Array.IndexOf(header, StatusColumn);
        if (knobs < 1 || !header.Skip(knobs).Take(Results.Length).SequenceEqual(Results))
        {
            string found = string.Join(',', header);
            throw Malformed(name, 1, $"expected knob columns, then {string.Join(',', Results)}; found '{(found.Length > 200 ? found[..200] + "..." : found)}'");
        }

        int[] features = [.. Enumerable.Range(0, header.Length).Where(
            column => column > knobs && header[column].StartsWith(FeaturePrefix, StringComparison.Ordinal))];
        if (knobs > RecordedLimits.Knobs || features.Length > RecordedLimits.Features)
        {
            throw new RecordedDeviceException(
                RecordedFailure.TooLarge,
                name,
                1,
                $"{knobs} knobs and {features.Length} features; at most {RecordedLimits.Knobs} and {RecordedLimits.Features} are read",
                "Leave columns out.");
        }

        if (header.Take(knobs).FirstOrDefault(column => column.Length == 0 || header.Take(knobs).Count(other => other == column) > 1) is { } wrong)
        {
            throw Malformed(name, 1, wrong.Length == 0 ? "a knob column has no name" : $"two knob columns are called '{wrong}'");
        }

        var table = new RecordedTable(name, [.. header.Take(knobs)], RepeatRule.Refuse);
        while (rows.MoveNext())
        {
            long line = rows.Current.Line;
            string[] cells = Cells(rows.Current, name);
            if (cells.Length < knobs + Results.Length || features.Any(column => column >= cells.Length))
            {
                throw Malformed(name, line, $"{cells.Length} cells, expected {header.Length}");
            }

            table.Add(Row(cells, knobs, features, name, line), line);
        }

        return table;
    }

    /// <summary>Writes a table in this format.</summary>
    public static void Write(TextWriter writer, RecordedTable table)
    {
        int features = table.Rows.Count == 0 ? 0 : table.Rows[0].Features.Length;
        IEnumerable<string> header = table.Knobs.Concat(Results).Concat(Enumerable.Range(0, features).Select(i => $"{FeaturePrefix}{i}"));
        CsvRows.Write(writer, header);
        foreach (RecordedRow row in table.Rows)
        {
            CsvRows.Write(writer, [.. row.Labels, StatusOf(row.Outcome), Number(row.TimeMs), Number(row.TimeSdMs), Number(row.CompileMs), Number(
                row.BenchmarkMs), .. row.Features.Select(Number)]);
        }
    }

    /// <summary>The status text of an outcome.</summary>
    public static string StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.Ok => "ok",
        Outcome.CutShort => "cut_short",
        Outcome.CompileError => "compile_error",
        Outcome.WrongResult => "wrong_result",
        Outcome.TimeOut => "time_out",
        Outcome.Invalid => "invalid",
        _ => "run_error",
    };

    private static RecordedRow Row(string[] cells, int knobs, int[] features, string name, long line)
    {
        Outcome outcome = cells[knobs] switch
        {
            "ok" => Outcome.Ok,
            "cut_short" => Outcome.CutShort,
            "compile_error" => Outcome.CompileError,
            "wrong_result" => Outcome.WrongResult,
            "time_out" => Outcome.TimeOut,
            "run_error" or "crash" => Outcome.Crash,
            "invalid" => Outcome.Invalid,
            _ =>
                throw Malformed(name, line, $"status '{(cells[knobs].Length > LongestExcerpt ? cells[knobs][..LongestExcerpt] : cells[knobs])}' is unknown; "
                    + "known are ok, cut_short, compile_error, run_error, wrong_result, time_out, invalid"),
        };
        return new RecordedRow(
            [.. cells.Take(knobs)],
            outcome,
            Amount(cells, knobs, 1, name, line),
            Amount(cells, knobs, 2, name, line),
            Amount(cells, knobs, 3, name, line),
            Amount(cells, knobs, 4, name, line),
            [.. features.Select(column => double.TryParse(
                cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value
                : throw Malformed(name, line, $"feature '{cells[column]}' is no number"))]);
    }

    // What is absent, negative or not finite was not measured: 0. A row that calls itself good without a time is counted as a failure, and said.
    // Anything else that is no number is a mistake in the file.
    private static double Amount(string[] cells, int knobs, int result, string name, long line)
    {
        string cell = cells[knobs + result];
        if (cell.Length == 0 || NotFinite.Contains(cell))
        {
            return 0;
        }

        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value > 0 && double.IsFinite(value) ? value : 0
            : throw Malformed(name, line, $"{Results[result]} '{(cell.Length > LongestExcerpt ? cell[..LongestExcerpt] : cell)}' is no number; leave the cell "
                + "empty where nothing was measured");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string[] Cells(CsvRow row, string name) => row switch
    {
        { Problem: { } problem } => throw Malformed(name, row.Line, problem),
        { Length: > RecordedLimits.LineLength } => throw new RecordedDeviceException(
            RecordedFailure.TooLarge, name, row.Line, $"the line is longer than {RecordedLimits.LineLength} characters", "Check that the file is a recording."),
        _ => row.Fields,
    };

    private static RecordedDeviceException Malformed(string name, long line, string reason) =>
        new(RecordedFailure.Malformed, name, line, reason, "The format is in docs/guide/tuners.md.");
}
