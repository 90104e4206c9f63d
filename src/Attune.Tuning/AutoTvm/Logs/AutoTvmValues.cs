using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Attune.Kernels.Spaces;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>Values of knobs as lines of logs write them.</summary>
internal static class AutoTvmValues
{
    /// <summary>A value as a line writes it.</summary>
    /// <param name="knob">The knob.</param>
    /// <param name="value">One of its entities.</param>
    public static AutoTvmEntity Of(Knob knob, ImmutableArray<int> value) => knob.Kind switch
    {
        KnobKind.Split => new AutoTvmEntity(knob.Name, "sp", $"[{string.Join(", ", value)}]"),
        KnobKind.Reorder => new AutoTvmEntity(knob.Name, "re", $"[{string.Join(", ", value)}]"),
        KnobKind.Annotate => new AutoTvmEntity(knob.Name, "an", $"[{string.Join(", ", value.Select(word => $"\"{Annotations.Names[word]}\""))}]"),
        _ => new AutoTvmEntity(knob.Name, "ot", $"{value[0]}"),
    };

    /// <summary>Position of a line's value among the entities of a knob, or -1.</summary>
    /// <param name="knob">The knob.</param>
    /// <param name="entity">The value.</param>
    public static int PositionOf(Knob knob, AutoTvmEntity entity)
    {
        using var document = JsonDocument.Parse(entity.Value);
        JsonElement value = document.RootElement;
        if (value.ValueKind != JsonValueKind.Array)
        {
            string text = value.ValueKind switch
            {
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => value.ToString(),
            };
            return knob.Kind == KnobKind.Scale ? knob.IndexOf(text) : -1;
        }

        string[] parts = [.. value.EnumerateArray().Select(part => part.ToString())];
        return knob.Kind != KnobKind.Split ? knob.IndexOf(string.Join('-', parts))
            : parts.Length == knob.Entities[0].Length ? knob.IndexOf(string.Join('x', WithOutermost(knob, parts)))
            : -1;
    }

    // Logs may leave the outermost factor, written as -1, to be worked out from the others.
    private static string[] WithOutermost(Knob knob, string[] parts)
    {
        if (parts is not ["-1", ..])
        {
            return parts;
        }

        long outermost = knob.Entities[0].Aggregate(1L, (product, factor) => product * factor);
        foreach (string part in parts.Skip(1))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int factor) || factor == 0 || outermost % factor != 0)
            {
                return parts;
            }

            outermost /= factor;
        }

        return [outermost.ToString(CultureInfo.InvariantCulture), .. parts.Skip(1)];
    }
}
