using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Recorded.Formats;

namespace Attune.Tuning.Recorded;

/// <summary>
/// A device whose every configuration was measured before: our comma-separated files (knob columns, then status, time_ms, time_sd_ms, compile_ms,
/// benchmark_ms), caches and T4 results of Kernel Tuner, logs of AutoTVM; plain or gzipped. Only the recorded combinations are in its space. Searchers are
/// compared on it without hardware, fast and exactly repeatable, and what their trials would have cost is counted.
/// </summary>
public sealed class RecordedDevice : IMeasurer
{
    private readonly Dictionary<long, RecordedRow> rows;

    private RecordedDevice(string name, Space space, Dictionary<long, RecordedRow> rows, ImmutableArray<string> warnings)
    {
        Name = name;
        Space = space;
        this.rows = rows;
        Warnings = warnings;
        BestMs = rows.Values.Where(row => row.Outcome == Outcome.Ok).Select(row => row.TimeMs).DefaultIfEmpty(double.PositiveInfinity).Min();
    }

    /// <summary>The file's name without its endings; for a log of several tasks followed by # and the task's number.</summary>
    public string Name { get; }

    /// <summary>The recorded space; only recorded points are valid, and it lists them.</summary>
    public Space Space { get; }

    /// <summary>Recorded points, failing ones included.</summary>
    public int Points => rows.Count;

    /// <summary>Recorded points that failed.</summary>
    public int Failures => rows.Values.Count(row => row.Outcome is not (Outcome.Ok or Outcome.CutShort));

    /// <summary>Time of the fastest recorded configuration, milliseconds; positive infinity when all fail.</summary>
    public double BestMs { get; }

    /// <summary>What was odd in the recording, one sentence each.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Reads the one device of a file, or the named task of a log: FILE#NUMBER.</summary>
    /// <exception cref="RecordedDeviceException">The file is no recording (the message names the line), or holds several tasks.</exception>
    public static RecordedDevice Load(string path)
    {
        (string file, int? task) = SplitTask(path);
        ImmutableArray<RecordedDevice> all = LoadAll(file);
        if (task is null && all.Length == 1)
        {
            return all[0];
        }

        return task is { } number && number < all.Length
            ? all[number]
            : throw new RecordedDeviceException(
                RecordedFailure.TaskUnclear, file, null, $"it holds {all.Length} tasks", $"Name one of them, {file}#0 to {file}#{all.Length - 1}.");
    }

    /// <summary>Reads every device of a file: one per task of an AutoTVM log, else one.</summary>
    /// <exception cref="RecordedDeviceException">The file is no recording; the message names the line.</exception>
    public static ImmutableArray<RecordedDevice> LoadAll(string path) => [.. RecordedFile.Read(path).Select(Of)];

    /// <summary>Reads a recording of one task.</summary>
    /// <param name="name">Name for messages and reports.</param>
    /// <param name="reader">The recording's text, in any of the formats.</param>
    /// <exception cref="RecordedDeviceException">The text is no recording of one task; the message names the line.</exception>
    public static RecordedDevice Read(string name, TextReader reader)
    {
        ImmutableArray<RecordedTable> tables = RecordedFile.Read(name, reader);
        return tables.Length == 1
            ? Of(tables[0])
            : throw new RecordedDeviceException(RecordedFailure.TaskUnclear, name, null, $"it holds {tables.Length} tasks", "Read them one by one.");
    }

    /// <summary>What the recording says about a point.</summary>
    public MeasureResult Measure(long index)
    {
        if (!rows.TryGetValue(index, out RecordedRow? row))
        {
            return MeasureResult.Failed(Outcome.Invalid, $"{Name} has no record of {Space[index]}.");
        }

        return row.Outcome is Outcome.Ok or Outcome.CutShort
            ? new MeasureResult(row.Outcome, [row.TimeMs], row.TimeMs, row.CompileMs, 0, null)
            : MeasureResult.Failed(row.Outcome, $"{Name} recorded a failure.", row.CompileMs);
    }

    /// <summary>Standard deviation of a point's time over its runs, milliseconds; 0 when unknown.</summary>
    public double DeviationOf(long index) => rows.TryGetValue(index, out RecordedRow? row) ? row.TimeSdMs : 0;

    /// <summary>What evaluating a point cost on the device: compilation and runs.</summary>
    public TimeSpan CostOf(long index) =>
        rows.TryGetValue(index, out RecordedRow? row) ? TimeSpan.FromMilliseconds(row.CompileMs + row.BenchmarkMs) : TimeSpan.Zero;

    /// <summary>Writes the recording in the comma-separated format, whatever it was read from.</summary>
    public void WriteCsv(TextWriter writer)
    {
        var table = new RecordedTable(Name, [.. Space.Knobs.Select(knob => knob.Name)], RepeatRule.Refuse);
        foreach (RecordedRow row in rows.OrderBy(entry => entry.Key).Select(entry => entry.Value))
        {
            table.Add(row, null);
        }

        CsvRecording.Write(writer, table);
    }

    /// <inheritdoc/>
    public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Space.Find(request.Knobs) is { } point
            ? Measure(point.Index)
            : MeasureResult.Failed(
                Outcome.Invalid, $"{Name} does not know the knobs {string.Join(' ', request.Knobs.Select(knob => $"{knob.Key}={knob.Value}"))}."));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static RecordedDevice Of(RecordedTable table)
    {
        ImmutableArray<Knob> knobs = table.MakeKnobs();
        var byIndex = new Dictionary<long, RecordedRow>(table.Rows.Count);
        try
        {
            var product = new Space(knobs);
            Dictionary<string, int>[] positions = [.. knobs.Select(
                knob => knob.Labels.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i, StringComparer.Ordinal))];
            var vector = new int[knobs.Length];
            foreach (RecordedRow row in table.Rows)
            {
                for (int column = 0; column < vector.Length; column++)
                {
                    vector[column] = positions[column][row.Labels[column]];
                }

                byIndex.Add(product.Encode(vector), row);
            }
        }
        catch (OverflowException exception)
        {
            throw new RecordedDeviceException(
                RecordedFailure.TooLarge,
                table.Name,
                null,
                "the product of the knobs' values exceeds 63 bits",
                "Leave out knobs that do not vary, or split the recording.",
                exception);
        }

        int features = table.Rows.Max(row => row.Features.Length);
        var zeros = new double[features];
        Func<Configuration, double[]>? derive = features == 0 ? null : point =>
            byIndex.TryGetValue(point.Index, out RecordedRow? row) ? [.. row.Features] : zeros;
        return new RecordedDevice(table.Name, new Space(knobs, derive: derive, listed: [.. byIndex.Keys]), byIndex, [.. table.Warnings]);
    }

    private static (string File, int? Task) SplitTask(string path)
    {
        int hash = path.LastIndexOf('#');
        return hash > 0 && int.TryParse(path[(hash + 1)..], out int task) && task >= 0 && !File.Exists(path) ? (path[..hash], task) : (path, null);
    }
}
