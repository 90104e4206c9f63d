using System.Globalization;
using System.IO.Compression;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;

namespace Attune.Tuning;

/// <summary>
/// A device whose every configuration was measured before: a comma-separated file, optionally gzipped, with one column per knob, then status, time_ms, time_sd_ms,
/// compile_ms, benchmark_ms (further columns are ignored). Only the listed combinations are in its space. Searchers are compared on it without hardware, fast and exactly repeatable.
/// </summary>
public sealed class RecordedDevice : IMeasurer
{
    private const string StatusColumn = "status";
    private readonly Dictionary<long, Row> rows;

    private RecordedDevice(string name, Space space, Dictionary<long, Row> rows)
    {
        Name = name;
        Space = space;
        this.rows = rows;
        BestMs = rows.Values.Where(row => row.Outcome == Outcome.Ok).Select(row => row.TimeMs).DefaultIfEmpty(double.PositiveInfinity).Min();
    }

    /// <summary>The file's name without its endings.</summary>
    public string Name { get; }

    /// <summary>The recorded space; only recorded points are valid.</summary>
    public Space Space { get; }

    /// <summary>Recorded points, failing ones included.</summary>
    public int Points => rows.Count;

    /// <summary>Time of the fastest recorded configuration, milliseconds; positive infinity when all fail.</summary>
    public double BestMs { get; }

    /// <summary>Time of every recorded point in milliseconds, positive infinity for those that fail, in no particular order.</summary>
    internal IEnumerable<double> TimesMs => rows.Values.Select(row => row.Outcome == Outcome.Ok ? row.TimeMs : double.PositiveInfinity);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not such a table; the message names the line.</exception>
    public static RecordedDevice Load(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        return Read(Path.GetFileName(path).Split('.')[0], reader);
    }

    /// <summary>Reads a table.</summary>
    /// <param name="name">Name for messages and reports.</param>
    /// <param name="reader">The table's text.</param>
    /// <exception cref="InvalidDataException">The text is not such a table; the message names the line.</exception>
    public static RecordedDevice Read(string name, TextReader reader)
    {
        string[] header = reader.ReadLine()?.Split(',') ?? [];
        int knobs = Array.IndexOf(header, StatusColumn);
        if (knobs < 1 || header.Length < knobs + 5)
        {
            throw new InvalidDataException($"{name}, line 1: expected knob columns, then status,time_ms,time_sd_ms,compile_ms,benchmark_ms; found '{string.Join(',', header)}'.");
        }

        var labels = new List<string[]>();
        var measured = new List<Row>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                string[] cells = line.Split(',');
                if (cells.Length < knobs + 5)
                {
                    throw new InvalidDataException($"{name}, line {labels.Count + 2}: {cells.Length} cells, expected {header.Length}.");
                }

                labels.Add(cells[..knobs]);
                measured.Add(Parse(cells.AsSpan(knobs)));
            }
        }

        var byIndex = new Dictionary<long, Row>();
        var space = new Space([.. Enumerable.Range(0, knobs).Select(column => MakeKnob(header[column], labels.Select(row => row[column])))], point => byIndex.ContainsKey(point.Index));
        var vector = new int[knobs];
        for (int row = 0; row < labels.Count; row++)
        {
            for (int column = 0; column < knobs; column++)
            {
                vector[column] = space.Knobs[column].IndexOf(labels[row][column]);
            }

            if (!byIndex.TryAdd(space.Encode(vector), measured[row]))
            {
                throw new InvalidDataException($"{name}, line {row + 2}: this combination of knobs was listed before.");
            }
        }

        return new RecordedDevice(name, space, byIndex);
    }

    /// <summary>What the recording says about a point.</summary>
    public MeasureResult Measure(long index)
    {
        if (!rows.TryGetValue(index, out Row? row))
        {
            return MeasureResult.Failed(Outcome.Invalid, $"{Name} has no record of {Space[index]}.");
        }

        return row.Outcome == Outcome.Ok
            ? new MeasureResult(Outcome.Ok, [row.TimeMs], row.TimeMs, row.CompileMs, 0, null)
            : MeasureResult.Failed(row.Outcome, $"{Name} recorded a failure.", row.CompileMs);
    }

    /// <summary>What evaluating a point cost on the device: compilation and runs.</summary>
    public TimeSpan CostOf(long index) => rows.TryGetValue(index, out Row? row) ? TimeSpan.FromMilliseconds(row.CompileMs + row.BenchmarkMs) : TimeSpan.Zero;

    /// <inheritdoc/>
    public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Space.Find(request.Knobs) is { } point
            ? Measure(point.Index)
            : MeasureResult.Failed(Outcome.Invalid, $"{Name} does not know the knobs {string.Join(' ', request.Knobs.Select(knob => $"{knob.Key}={knob.Value}"))}."));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Knob MakeKnob(string name, IEnumerable<string> labels)
    {
        string[] distinct = [.. labels.Distinct(StringComparer.Ordinal)];
        bool numeric = Array.TrueForAll(distinct, label => int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return numeric
            ? Knob.Scale(name, [.. distinct.Select(label => int.Parse(label, CultureInfo.InvariantCulture)).Order()])
            : Knob.Choice(name, [.. distinct.Order(StringComparer.Ordinal)]);
    }

    private static Row Parse(ReadOnlySpan<string> cells)
    {
        double time = Number(cells[1]);
        Outcome outcome = cells[0] switch
        {
            "ok" when time > 0 => Outcome.Ok,
            "compile_error" => Outcome.CompileError,
            "wrong_result" => Outcome.WrongResult,
            "time_out" => Outcome.TimeOut,
            _ => Outcome.Crash,
        };
        return new Row(outcome, time, Number(cells[3]), Number(cells[4]));
    }

    private static double Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : 0;

    private sealed record Row(Outcome Outcome, double TimeMs, double CompileMs, double BenchmarkMs);
}
