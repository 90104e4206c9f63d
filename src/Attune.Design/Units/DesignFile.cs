using System.Text.Json;
using Attune.Design.Spaces;

namespace Attune.Design.Units;

/// <summary>A design as a file for programs of the user: {"family": ..., "design": id, "genes": {name: value}}, numbers as numbers.</summary>
public static class DesignFile
{
    /// <summary>Writes the file, named by the design's id.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="space">The space.</param>
    /// <param name="point">The design.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static string Write(string folder, DesignSpace space, SpacePoint point)
    {
        string id = space.IdOf(point);
        string path = Path.Combine(folder, $"{id}.json");
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("family", space.Family);
        json.WriteString("design", id);
        json.WriteStartObject("genes");
        foreach ((string gene, string value) in space.Describe(point))
        {
            if (Gene.TryNumber(value, out double number))
            {
                json.WriteNumber(gene, number);
            }
            else
            {
                json.WriteString(gene, value);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return path;
    }
}
