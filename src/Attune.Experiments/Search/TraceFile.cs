using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Records;

namespace Attune.Experiments;

/// <summary>
/// What an experiment has done so far, one JSON object per line under a key. A line counts only for the same key: one that names device, space, arm and scale, so that a
/// result of another setting is never taken over. A last line that was cut off is ignored and written over by the next. One caller at a time.
/// </summary>
/// <typeparam name="T">What is kept.</typeparam>
public sealed class TraceFile<T> : IDisposable
    where T : class
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly LineFileKind Kind = new("an experiment's results", "a result with its key", "move it out of the way", LineFileKind.Keyed("value"));

    private readonly FileStream file;
    private long intactLength;
    private bool isRepaired;
    private readonly Dictionary<string, T> kept = new(StringComparer.Ordinal);

    private TraceFile(FileStream file) => this.file = file;

    /// <summary>Lines that no reader could make sense of.</summary>
    public int Damaged { get; private set; }

    /// <summary>Opens a file for reading and appending; makes it when missing.</summary>
    /// <exception cref="JournalException">The file system refuses, another process has it open, or it holds something else.</exception>
    public static TraceFile<T> Open(string path)
    {
        var opened = new TraceFile<T>(LineFile.Open(path, Kind));
        opened.ReadAll();
        return opened;
    }

    /// <summary>What is kept under a key, or null.</summary>
    public T? Find(string key) => kept.GetValueOrDefault(key);

    /// <summary>Keeps something; it is in the file when this returns.</summary>
    public void Add(string key, T value)
    {
        kept[key] = value;
        if (!isRepaired)
        {
            // What follows the last line feed was being written when the process ended.
            file.SetLength(intactLength);
            file.Position = intactLength;
            isRepaired = true;
        }

        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Line(key, value), Json) + "\n"));
        file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void ReadAll()
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int start = 0;
        while (bytes.AsSpan(start).IndexOf((byte)'\n') is >= 0 and int length)
        {
            try
            {
                if (JsonSerializer.Deserialize<Line>(bytes.AsSpan(start, length), Json) is { Key: { } key, Value: { } value })
                {
                    kept[key] = value;
                }
                else
                {
                    Damaged++;
                }
            }
            catch (JsonException)
            {
                Damaged++;
            }

            start += length + 1;
        }

        intactLength = start;
    }

    private sealed record Line(string Key, T Value);
}
