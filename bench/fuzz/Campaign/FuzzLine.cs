using System.Text.Json;

namespace Attune.Bench.Fuzz.Campaign;

/// <summary>One line of a worker: that it begins a graph, or what came of it.</summary>
/// <param name="Index">Number of the graph.</param>
/// <param name="Done">False before the graph, true after it.</param>
/// <param name="Settings">How many ways were tried.</param>
/// <param name="Problem">What is wrong, with the smallest network that shows it; empty for nothing.</param>
internal sealed record FuzzLine(long Index, bool Done, int Settings, string Problem)
{
    public string Encode() => JsonSerializer.Serialize(this);

    /// <summary>Reads a line; null when it is none.</summary>
    public static FuzzLine? Decode(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<FuzzLine>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
