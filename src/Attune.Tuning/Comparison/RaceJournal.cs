using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Records;

namespace Attune.Tuning;

/// <summary>
/// Finished searches of a comparison, one JSON object a line, appended as they end. A line that a crash cut short is skipped, a search of another setting never matches:
/// every line carries what decides the outcome. Safe for several threads, one process at a time.
/// </summary>
internal sealed class RaceJournal : IDisposable
{
    private const string FileName = "races.jsonl";
    private static readonly LineFileKind Kind = new("finished searches", "a finished search", "name another folder", LineFileKind.Keyed("race"));
    private readonly Dictionary<string, TunerRace> known = [];
    private readonly StreamWriter writer;
    private readonly Lock gate = new();
    private bool isTorn;

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <exception cref="JournalException">The file is in use or holds something else, or the file system refuses.</exception>
    public RaceJournal(string folder)
    {
        Location = Path.Combine(folder, FileName);
        FileStream file = LineFile.Open(Location, Kind);
        using (var reader = new StreamReader(file, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                if (Read(line) is { } entry)
                {
                    known[entry.Key] = entry.Race;
                }
            }
        }

        isTorn = !EndsALine(file);
        writer = new StreamWriter(file);
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
            if (isTorn)
            {
                writer.WriteLine();
                isTorn = false;
            }

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

    // Leaves the file at its end.
    private static bool EndsALine(FileStream file)
    {
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
