using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Tuning;

/// <summary>
/// Finished searches of a comparison, one JSON object a line, appended as they end. A line that a crash cut short is skipped, a search of another setting never matches:
/// every line carries what decides the outcome. Safe for several threads, one process at a time.
/// </summary>
internal sealed class RaceJournal : IDisposable
{
    private const string FileName = "races.jsonl";
    private readonly Dictionary<string, TunerRace> known = [];
    private readonly StreamWriter writer;
    private readonly Lock gate = new();

    public RaceJournal(string folder)
    {
        Directory.CreateDirectory(folder);
        Location = Path.Combine(folder, FileName);
        bool torn = false;
        if (File.Exists(Location))
        {
            foreach (string line in File.ReadLines(Location))
            {
                if (Read(line) is { } entry)
                {
                    known[entry.Key] = entry.Race;
                }
            }

            torn = !EndsALine(Location);
        }

        writer = new StreamWriter(Location, append: true);
        if (torn)
        {
            writer.WriteLine();
        }
    }

    /// <summary>Path of the journal.</summary>
    public string Location { get; }

    /// <summary>The search that ended with this key, or null.</summary>
    public TunerRace? Find(string key)
    {
        lock (gate)
        {
            return known.GetValueOrDefault(key);
        }
    }

    public void Add(string key, TunerRace race)
    {
        string line = JsonSerializer.Serialize(new RaceLine(key, race), RaceJson.Default.RaceLine);
        lock (gate)
        {
            known[key] = race;
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    public void Dispose() => writer.Dispose();

    private static RaceLine? Read(string line)
    {
        try
        {
            RaceLine? read = JsonSerializer.Deserialize(line, RaceJson.Default.RaceLine);
            return read is { Key: not null, Race.Curve.IsDefaultOrEmpty: false } ? read : null;
        }
        catch (JsonException)
        {
            // What is no line of ours (the last one of a crash) is searched again.
            return null;
        }
    }

    private static bool EndsALine(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length == 0)
        {
            return true;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}

/// <summary>One line of the journal.</summary>
internal sealed record RaceLine(string Key, TunerRace Race);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RaceLine))]
internal sealed partial class RaceJson : JsonSerializerContext;
