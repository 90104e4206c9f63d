using System.Text.Json;

namespace Attune.Design.Spaces;

/// <summary>Typed access to the properties of a JSON object; whatever is missing, unknown or of the wrong kind becomes a fault, so that all of them are told together.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement element;
    private readonly string where;
    private readonly List<SpaceFault> faults;

    public JsonFields(JsonElement element, string where, List<SpaceFault> faults, params ReadOnlySpan<string> known)
    {
        this.element = element;
        this.where = where;
        this.faults = faults;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fault($"this must be an object with {string.Join(", ", known.ToArray())}");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                Fault($"'{Short(property.Name)}' has no meaning here; did you mean '{Nearest.Of(Short(property.Name), known.ToArray())}'?");
            }
            else if (!seen.Add(property.Name))
            {
                Fault($"'{property.Name}' occurs twice");
            }
        }
    }

    /// <summary>A property; null when it is absent.</summary>
    public JsonElement? this[string name] => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    /// <summary>Place of a property, for messages.</summary>
    public string At(string name) => where.Length > 0 ? $"{where}.{name}" : name;

    /// <summary>Reports something about the object.</summary>
    public void Fault(string message) => faults.Add(new SpaceFault(where, message));

    /// <summary>A text of 1 to the longest allowed characters.</summary>
    public string Text(string name, string? otherwise = null)
    {
        if (this[name] is not { } value)
        {
            return otherwise ?? Missing(name, "a text", string.Empty);
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= SpaceLimits.Text } text)
        {
            return text;
        }

        faults.Add(new SpaceFault(At(name), $"this must be a text of 1 to {SpaceLimits.Text} characters"));
        return otherwise ?? string.Empty;
    }

    /// <summary>A whole number in a range; without a default it must be there.</summary>
    public int Whole(string name, int low, int high, int? otherwise = null) => (int)Number(name, low, high, otherwise, whole: true);

    /// <summary>A number in a range; without a default it must be there.</summary>
    public double Number(string name, double low, double high, double? otherwise = null, bool whole = false)
    {
        if (this[name] is not { } value)
        {
            return otherwise ?? Missing(name, "a number", low);
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= low && number <= high && (!whole || number == Math.Floor(number)))
        {
            return number;
        }

        faults.Add(new SpaceFault(At(name), $"this must be a {(whole ? "whole " : string.Empty)}number from {Gene.TextOf(low)} to {Gene.TextOf(high)}"));
        return otherwise ?? low;
    }

    /// <summary>Elements of an array with their places; empty when it is absent (a fault if it must be there), of another kind or too long.</summary>
    public IReadOnlyList<(JsonElement Element, string Where)> Items(string name, int most, bool needed)
    {
        if (this[name] is not { } value)
        {
            return needed ? Missing<IReadOnlyList<(JsonElement, string)>>(name, "a list", []) : [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most || (needed && value.GetArrayLength() == 0))
        {
            faults.Add(new SpaceFault(At(name), $"this must be a list of {(needed ? "1" : "0")} to {most}"));
            return [];
        }

        return [.. value.EnumerateArray().Select((item, i) => (item, $"{At(name)}[{i}]"))];
    }

    /// <summary>A value as genes hold it: a text, or a number in its shortest form; null and a fault when it is neither.</summary>
    public static string? ValueText(JsonElement element, string where, List<SpaceFault> faults)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number))
        {
            return Gene.TextOf(number);
        }

        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 and <= SpaceLimits.Text } text && !text.Any(char.IsControl))
        {
            return text;
        }

        faults.Add(new SpaceFault(where, $"a value is a number or a text of 1 to {SpaceLimits.Text} characters"));
        return null;
    }

    private T Missing<T>(string name, string kind, T otherwise)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            Fault($"'{name}' is missing: {kind}");
        }

        return otherwise;
    }

    private static string Short(string text) => text.Length <= SpaceLimits.Text ? text : text[..SpaceLimits.Text];
}
