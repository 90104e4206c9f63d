using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Bench.Networks;

/// <summary>Everything measured on one machine: a file that grows row by row and from which every report is made.</summary>
/// <param name="Machine">Document of attune doctor, from the newest run.</param>
/// <param name="System">Operating system.</param>
/// <param name="Rows">Rows; at most one for each key.</param>
internal sealed record BenchResults(JsonObject Machine, string System, ImmutableArray<BenchRow> Rows)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="JsonException">It is no file of results.</exception>
    public static BenchResults? Load(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<BenchResults>(File.ReadAllText(path), Json) ?? throw new JsonException($"{path} is empty.") : null;

    /// <summary>Writes the file in one step, so that an interrupt leaves the old one or the new one.</summary>
    public void Save(string path)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, Json));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The row of a key, or null.</summary>
    public BenchRow? Find(RowKey key) => Rows.FirstOrDefault(row => row.Key == key);

    /// <summary>The same with a row added, or in the place of an older one of its key.</summary>
    public BenchResults With(BenchRow row)
    {
        BenchRow? old = Find(row.Key);
        return this with { Rows = old is null ? Rows.Add(row) : Rows.Replace(old, row) };
    }
}
