using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Devices.Knobs.Remote;

/// <summary>
/// What a program without rights and a knob writer say to each other: lines of ASCII, words with single spaces between. After connecting the writer greets and
/// lists its knobs; then every line of the program is answered by one. <c>turn ID VALUE</c> and <c>back ID VALUE</c> are answered by <c>is OUTCOME EFFECTIVE
/// MESSAGE</c>, <c>read ID</c> by <c>is read EFFECTIVE</c>; a dash stands for a number that is not known. Stateless.
/// </summary>
internal static class KnobProtocol
{
    /// <summary>First line of a writer.</summary>
    public const string Greeting = "attune-knobs 1";

    /// <summary>Ends the list of knobs.</summary>
    public const string End = ".";

    /// <summary>Begins the line of a writer that does not serve.</summary>
    public const string Refusal = "no ";

    /// <summary>Longest line of a program, characters.</summary>
    public const int LongestRequest = 128;

    /// <summary>Longest line of a writer, characters: a knob may have thousands of values.</summary>
    public const int LongestAnswer = 1 << 20;

    private const int MaxValues = 100_000;

    /// <summary>A knob as a line.</summary>
    public static string Line(Knob knob) => $"knob {knob.Id} {knob.Unit} {string.Join(',', knob.Values)}";

    /// <summary>Reads such a line; null when it is none.</summary>
    public static Knob? Knob(string line)
    {
        string[] words = line.Split(' ');
        if (words.Length != 4 || words[0] != "knob" || words[1].Length == 0)
        {
            return null;
        }

        string[] texts = words[3].Split(',');
        long[] values = [.. texts.Take(MaxValues).Select(
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1)];
        bool isAscending = values.Length == texts.Length && values[0] >= 0 && values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second);
        return isAscending ? new Knob(words[1], words[2], [.. values], BeyondProcess: true) : null;
    }

    /// <summary>An answer as a line; null stands for a knob that took its value.</summary>
    public static string Answer(KnobChange? change) => change is null
        ? "is applied -"
        : $"is {change.Outcome.ToString().ToLowerInvariant()} "
            + $"{Number(change.Effective)}{(change.Message is { } message ? $" {OneLine(message)}" : string.Empty)}";

    /// <summary>Answer to <c>read</c>.</summary>
    public static string Answer(long? value) => $"is read {Number(value)}";

    /// <summary>Reads an answer; null when it is none.</summary>
    public static (string Outcome, long? Effective, string? Message)? Answered(string line)
    {
        string[] words = line.Split(' ', 4);
        return words.Length >= 3 && words[0] == "is"
            && (words[2] == "-" || long.TryParse(words[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? (words[1], words[2] == "-" ? null : long.Parse(words[2], CultureInfo.InvariantCulture), words.Length == 4 ? words[3] : null)
            : null;
    }

    /// <summary>Reads a request; null when it is none.</summary>
    public static (string Verb, string Knob, long Value)? Request(string line)
    {
        string[] words = line.Split(' ');
        return words switch
        {
            ["read", var knob] => ("read", knob, 0),
            ["turn" or "back", var knob, var text] when long.TryParse(
                text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) => (words[0], knob, value),
            _ => null,
        };
    }

    /// <summary>An outcome by the word of an answer; null when there is none of that name.</summary>
    public static KnobOutcome? OutcomeOf(string word)
    {
        ImmutableArray<KnobOutcome> all = [.. Enum.GetValues<KnobOutcome>()];
        int at = all.IndexOf(all.FirstOrDefault(outcome => outcome.ToString().Equals(word, StringComparison.OrdinalIgnoreCase), (KnobOutcome)(-1)));
        return at < 0 ? null : all[at];
    }

    /// <summary>A text that is put into a line: what is no printable ASCII becomes a question mark.</summary>
    public static string OneLine(string text) => new([.. text.Select(symbol => char.IsControl(symbol) || symbol > '~' ? '?' : symbol)]);

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
