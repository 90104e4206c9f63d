using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Devices.Files;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Numerics;
using Attune.Records;

namespace Attune.Experiments.Recording;

/// <summary>
/// The file that a space is recorded into: knobs, then status, time_ms, time_sd_ms, compile_ms, benchmark_ms, one line per configuration, appended as they are
/// measured. What it belongs to stands in a second file, FILE.json, so that a file is never continued with another task, number of threads or version of the
/// templates. A last line that was cut off is dropped. One caller at a time.
/// </summary>
public sealed class RecordedSpaceFile : IDisposable
{
    private const string Measured = "status,time_ms,time_sd_ms,compile_ms,benchmark_ms";
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
    private readonly FileStream file;
    private readonly Space space;
    private readonly HashSet<long> known = [];

    private RecordedSpaceFile(FileStream file, Space space)
    {
        this.file = file;
        this.space = space;
    }

    /// <summary>Configurations in the file.</summary>
    public int Count => known.Count;

    /// <summary>Opens a file, or begins it.</summary>
    /// <param name="path">The file; its name must not end in .gz.</param>
    /// <param name="origin">What is recorded.</param>
    /// <param name="space">The space.</param>
    /// <exception cref="InvalidDataException">The file holds another task or is no such table; the message says where.</exception>
    /// <exception cref="IOException">The file system refuses, or another process writes to it.</exception>
    public static RecordedSpaceFile Open(string path, RecordedOrigin origin, Space space)
    {
        string about = path + ".json";
        bool begun = File.Exists(path) && new FileInfo(path).Length > 0;
        if (begun && (!File.Exists(about) || !Equals(Read(about), origin)))
        {
            throw new InvalidDataException(File.Exists(about)
                ? $"{path} holds another recording: {about} says {Read(about)}, this is {origin}."
                : $"{path} exists, but {about}, which says what it holds, does not.");
        }

        if (!begun && File.Exists(about) && new FileInfo(about).Length > 0)
        {
            // A recording that ended before its first line; anything else of that name is not ours to replace.
            _ = Read(about);
        }

        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var opened = new RecordedSpaceFile(stream, space);
        try
        {
            if (begun)
            {
                opened.Resume(path);
            }
            else
            {
                AtomicFile.Write(about, file => file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(origin, Json) + "\n")));
                opened.Write($"{string.Join(',', space.Knobs.Select(knob => knob.Name))},{Measured}\n");
            }

            return opened;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What a file was recorded from; null for a file that this program did not record.</summary>
    /// <exception cref="InvalidDataException">The second file is damaged.</exception>
    public static RecordedOrigin? OriginOf(string path) => File.Exists(path + ".json") ? Read(path + ".json") : null;

    /// <summary>True when the file has a line for a configuration.</summary>
    public bool Holds(long index) => known.Contains(index);

    /// <summary>Appends a configuration.</summary>
    /// <param name="index">Index in the space.</param>
    /// <param name="result">What came out.</param>
    /// <param name="elapsedMs">Wall-clock time that it took, compilation included, milliseconds.</param>
    public void Append(long index, MeasureResult result, double elapsedMs)
    {
        if (!known.Add(index))
        {
            return;
        }

        bool timed = result.Outcome == Outcome.Ok && double.IsFinite(result.MedianMs);
        Write(string.Join(',', space[index].ToLabels().Values) + string.Create(
            CultureInfo.InvariantCulture,
            $",{StatusOf(result.Outcome)},{(timed ? result.MedianMs : 0):R},{(timed ? Moments.Deviation([.. result.TimesMs]) : 0):G4},{result.CompileMs:G6},"
            + $"{Math.Max(0, elapsedMs - result.CompileMs):G6}\n"));
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static RecordedOrigin? Read(string about)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordedOrigin>(File.ReadAllText(about), Json);
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{about} does not say what was recorded: it is damaged, or another program's. It was left as it is. {damaged.Message}", damaged);
        }
    }

    private static string StatusOf(Outcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());

    private void Write(string text)
    {
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush();
    }

    private void Resume(string path)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int complete = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        string[] lines = Encoding.UTF8.GetString(bytes, 0, complete).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string header = $"{string.Join(',', space.Knobs.Select(knob => knob.Name))},{Measured}";
        if (lines.Length == 0 || lines[0] != header)
        {
            throw new InvalidDataException($"{path}, line 1: expected '{header}', found '{(lines.Length == 0 ? string.Empty : lines[0])}'.");
        }

        var vector = new int[space.Knobs.Length];
        for (int line = 1; line < lines.Length; line++)
        {
            string[] cells = lines[line].Split(',');
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = i < cells.Length ? space.Knobs[i].IndexOf(cells[i]) : -1;
            }

            if (Array.IndexOf(vector, -1) >= 0)
            {
                throw new InvalidDataException($"{path}, line {line + 1}: these knobs are not in the space of the task.");
            }

            known.Add(space.Encode(vector));
        }

        file.SetLength(complete);
        file.Position = complete;
    }
}
