using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Records.Documents;

/// <summary>
/// One object of a JSON document, read field by field. Problems are collected, never thrown, so that the user sees all of them at once; a field that nobody
/// asked for is a
/// problem too, because a misspelt option must not be ignored.
/// </summary>
public sealed class DocumentObject
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly ImmutableArray<DocumentProblem>.Builder problems;
    private readonly List<string> asked = [];

    /// <summary>Begins to read an object.</summary>
    /// <param name="element">The object; anything else is the first problem.</param>
    /// <param name="path">Its place in the document; empty for the document as a whole.</param>
    /// <param name="problems">Where problems go.</param>
    public DocumentObject(JsonElement element, string path, ImmutableArray<DocumentProblem>.Builder problems)
    {
        this.path = path;
        this.problems = problems;
        if (element.ValueKind == JsonValueKind.Object)
        {
            this.element = element;
        }
        else
        {
            Problem(string.Empty, $"an object is expected, this is {Kind(element)}");
        }
    }

    /// <summary>Place of a field.</summary>
    public string PathOf(string name) => (path.Length, name.Length) switch
    {
        (0, _) => name,
        (_, 0) => path,
        _ => $"{path}.{name}",
    };

    /// <summary>Notes a problem of a field.</summary>
    public void Problem(string name, string message) => problems.Add(new DocumentProblem(PathOf(name), message));

    /// <summary>True when the field is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A field of any shape; null when it is missing.</summary>
    public JsonElement? Element(string name) => Find(name);

    /// <summary>A text; null when it is missing, no text, or longer than allowed.</summary>
    public string? Text(string name, bool required = false, int max = int.MaxValue)
    {
        if (Find(name) is not { } value)
        {
            Missing(name, required);
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Problem(name, $"a text is expected, this is {Kind(value)}");
            return null;
        }

        string text = value.GetString()!;
        if (text.Length > max)
        {
            Problem(name, $"{text.Length} characters are more than the {max} that are allowed");
            return null;
        }

        return text;
    }

    /// <summary>A finite number within bounds; null when it is missing or wrong.</summary>
    public double? Number(string name, double min, double max, bool required = false)
    {
        if (Find(name) is not { } value)
        {
            Missing(name, required);
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            Problem(name, $"a number is expected, this is {Kind(value)}");
            return null;
        }

        if (number < min || number > max)
        {
            Problem(name, $"{number} is outside {min} to {max}");
            return null;
        }

        return number;
    }

    /// <summary>A whole number within bounds; null when it is missing or wrong.</summary>
    public int? Whole(string name, int min, int max, bool required = false)
    {
        if (Number(name, min, max, required) is not { } number)
        {
            return null;
        }

        if (number == Math.Floor(number))
        {
            return (int)number;
        }

        Problem(name, $"a whole number is expected, this is {number}");
        return null;
    }

    /// <summary>True or false; null when it is missing or neither.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Problem(name, $"true or false is expected, this is {Kind(value)}");
        return null;
    }

    /// <summary>One of several words; null when it is missing or none of them.</summary>
    public string? Word(string name, ImmutableArray<string> known, bool required = false)
    {
        string? word = Text(name, required);
        if (word is null || known.Contains(word))
        {
            return word;
        }

        problems.Add(new DocumentProblem(PathOf(name), $"'{word}' is none of {string.Join(", ", known)}") { Unknown = word, Known = known });
        return null;
    }

    /// <summary>Elements of a list with their places; empty when it is missing, no list, or shorter or longer than allowed.</summary>
    public ImmutableArray<(JsonElement Element, string Path)> List(string name, int max, bool required = false, int min = 0)
    {
        if (Find(name) is not { } value)
        {
            Missing(name, required);
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Problem(name, $"a list is expected, this is {Kind(value)}");
            return [];
        }

        int count = value.GetArrayLength();
        if (count < min)
        {
            Problem(name, $"{count} elements are fewer than the {min} that are needed");
            return [];
        }

        if (count > max)
        {
            Problem(name, $"{count} elements are more than the {max} that are allowed");
            return [];
        }

        return [.. value.EnumerateArray().Select((each, i) => (each, $"{PathOf(name)}[{i}]"))];
    }

    /// <summary>Numbers of a list; empty when the field is missing or wrong.</summary>
    /// <param name="name">The field.</param>
    /// <param name="count">How many there must be; -1 for any number up to 65,536.</param>
    /// <param name="min">Smallest allowed.</param>
    /// <param name="max">Largest allowed.</param>
    /// <param name="required">True when it must be there.</param>
    public ImmutableArray<double> Numbers(string name, int count, double min, double max, bool required = false)
    {
        ImmutableArray<(JsonElement Element, string Path)> elements = List(name, 65_536, required);
        if (elements.IsEmpty)
        {
            return [];
        }

        if (count >= 0 && elements.Length != count)
        {
            Problem(name, $"{elements.Length} numbers where {count} are expected");
            return [];
        }

        var numbers = ImmutableArray.CreateBuilder<double>(elements.Length);
        foreach ((JsonElement each, string place) in elements)
        {
            if (each.ValueKind != JsonValueKind.Number || !each.TryGetDouble(out double number) || !(number >= min && number <= max))
            {
                problems.Add(new DocumentProblem(place, $"a number from {min} to {max} is expected, this is {Kind(each)}"));
                return [];
            }

            numbers.Add(number);
        }

        return numbers.MoveToImmutable();
    }

    /// <summary>An object below this one, or null.</summary>
    public DocumentObject? Object(string name) => Find(name) is { } value ? new DocumentObject(value, PathOf(name), problems) : null;

    /// <summary>An element of one of this object's lists.</summary>
    public DocumentObject Below(JsonElement child, string place) => new(child, place, problems);

    /// <summary>Notes every field that nobody asked for, and every one that occurs twice. Call it last.</summary>
    public void RefuseOthers()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        string[] names = [.. element.EnumerateObject().Select(field => field.Name)];
        foreach (string twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Skip(1).Any()).Select(same => same.Key))
        {
            Problem(twice, "this field occurs twice");
        }

        foreach (string name in names.Where(name => !asked.Contains(name)))
        {
            problems.Add(new DocumentProblem(PathOf(name), $"there is no field '{name}' here") { Unknown = name, Known = [.. asked] });
        }
    }

    /// <summary>What an element is, short enough for a message.</summary>
    public static string Kind(JsonElement value)
    {
        string text = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? value.ValueKind.ToString().ToLowerInvariant() : value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "...";
    }

    private JsonElement? Find(string name)
    {
        if (!asked.Contains(name))
        {
            asked.Add(name);
        }

        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
    }

    private void Missing(string name, bool required)
    {
        if (required)
        {
            Problem(name, "this field is required");
        }
    }
}
