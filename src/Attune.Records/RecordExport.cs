using System.Globalization;
using System.Text.Json;
using Attune.Records.Csv;

namespace Attune.Records;

/// <summary>Writes records for other programs.</summary>
public static class RecordExport
{
    private const int FlushBytes = 1 << 16;

    private static readonly string[] Columns =
    [
        "task", "threads", "device", "outcome", "median_ms", "times_ms", "compile_ms", "calibration_ms", "index", "knobs", "tuner", "seed", "session",
        "sequence",
        "time", "message", "template", "elapsed_ms",
    ];

    /// <summary>
    /// Writes comma-separated values (RFC 4180, line feeds): a header, then a line per record; repeats are joined by spaces, knobs as name=text joined by
    /// spaces.
    /// </summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="visit">Shows the records: called once, with what takes each.</param>
    public static void WriteCsv(TextWriter writer, Action<Action<TuningRecord>> visit)
    {
        CsvRows.Write(writer, Columns);
        visit(record => CsvRows.Write(writer, Fields(record)));
    }

    /// <summary>Writes one JSON array with an object per record, the same names as in the journal.</summary>
    /// <param name="stream">Receives the text.</param>
    /// <param name="visit">Shows the records: called once, with what takes each.</param>
    public static void WriteJson(Stream stream, Action<Action<TuningRecord>> visit)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        visit(record =>
        {
            JsonSerializer.Serialize(json, record, RecordJson.Default.TuningRecord);
            if (json.BytesPending > FlushBytes)
            {
                json.Flush();
            }
        });
        json.WriteEndArray();
    }

    private static IEnumerable<string> Fields(TuningRecord record) =>
    [
        record.Task,
        Number(record.Threads),
        record.Device,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(record.Outcome.ToString()),
        record.MedianMs is { } median ? Number(median) : string.Empty,
        string.Join(' ', record.TimesMs.Select(Number)),
        Number(record.CompileMs),
        Number(record.CalibrationMs),
        record.Index.ToString(CultureInfo.InvariantCulture),
        string.Join(' ', record.Knobs.Select(knob => $"{knob.Key}={knob.Value}")),
        record.Tuner,
        record.Seed.ToString(CultureInfo.InvariantCulture),
        record.Session,
        record.Sequence.ToString(CultureInfo.InvariantCulture),
        record.Time.ToString("O", CultureInfo.InvariantCulture),
        record.Message ?? string.Empty,
        record.Template,
        Number(record.ElapsedMs),
    ];

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
