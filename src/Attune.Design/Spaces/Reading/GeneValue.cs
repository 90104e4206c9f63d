using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records.Documents;

namespace Attune.Design.Spaces.Reading;

/// <summary>Reads values as genes hold them.</summary>
internal static class GeneValue
{
    /// <summary>A text, or a number in its shortest form; null and a problem when it is neither.</summary>
    public static string? Read(JsonElement element, string where, ImmutableArray<DocumentProblem>.Builder problems)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number))
        {
            return Gene.TextOf(number);
        }

        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 and <= SpaceLimits.Text } text && !text.Any(char.IsControl))
        {
            return text;
        }

        problems.Add(new DocumentProblem(where, $"a value is a number or a text of 1 to {SpaceLimits.Text} characters"));
        return null;
    }
}
