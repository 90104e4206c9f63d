using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Attune.Records.Journals;

namespace Attune.Records.Lines;

/// <summary>
/// What a long piece of work has finished, one line each under a key that names everything the result depends on, so that a result of another setting is
/// never taken over. Of equal keys the last counts.
/// Files of earlier versions, whose lines have no checksums, are read and continued. Crash guarantee: that of <see cref="LineLog"/>. Safe to share between
/// threads.
/// </summary>
/// <typeparam name="T">What is kept.</typeparam>
public sealed class KeyedLog<T> : IDisposable
    where T : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, T> kept = new(StringComparer.Ordinal);
    private readonly LineLog log;
    private readonly string member;
    private readonly JsonTypeInfo<T> type;

    private KeyedLog(LineLog log, string member, JsonTypeInfo<T> type)
    {
        this.log = log;
        this.member = member;
        this.type = type;
        Damaged = log.Contents.Damage.Length;
        foreach (ReadOnlyMemory<byte> line in log.Contents.Lines)
        {
            if (Read(line) is { } entry)
            {
                kept[entry.Key] = entry.Value;
            }
            else
            {
                Damaged++;
            }
        }
    }

    /// <summary>The file.</summary>
    public string Path => log.Path;

    /// <summary>Lines that no reader could make sense of.</summary>
    public int Damaged { get; }

    /// <summary>Opens a file for reading and appending; makes it and its folder when missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it holds, for messages: "finished searches".</param>
    /// <param name="line">What a line is: "a finished search".</param>
    /// <param name="alternative">What the user can do instead of using this file, as half a sentence.</param>
    /// <param name="member">Name of the member of a line that holds the value.</param>
    /// <param name="type">How values are written.</param>
    /// <exception cref="JournalException">The file is in use or holds something else, or the file system refuses.</exception>
    public static KeyedLog<T> Open(string path, string name, string line, string alternative, string member, JsonTypeInfo<T> type) =>
        new(LineLog.Open(path, new LineFileKind(name, line, alternative, LineFileKind.Keyed(member)) { TakesPlainLines = true }), member, type);

    /// <summary>What is kept under a key, or null.</summary>
    public T? Find(string key)
    {
        lock (gate)
        {
            return kept.GetValueOrDefault(key);
        }
    }

    /// <summary>Keeps something; it is on disk when this returns.</summary>
    /// <exception cref="JournalException">The disk is full or failed.</exception>
    public void Add(string key, T value)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WritePropertyName(member);
            JsonSerializer.Serialize(json, value, type);
            json.WriteEndObject();
        }

        lock (gate)
        {
            kept[key] = value;
            log.Append(line.WrittenSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => log.Dispose();

    private (string Key, T Value)? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("key", out JsonElement key) && key.GetString() is { } text
                && document.RootElement.TryGetProperty(member, out JsonElement value) && value.Deserialize(type) is { } read
                ? (text, read)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What is no line of ours is done again.
            return null;
        }
    }
}
