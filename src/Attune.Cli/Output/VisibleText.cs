using System.Globalization;
using System.Text;

namespace Attune.Cli.Output;

/// <summary>
/// Text on its way to a terminal. Names come from files of others, and a name may hold what moves the cursor, recolours the screen, or reverses the reading
/// direction; all of that is shown as \uXXXX instead of being obeyed.
/// </summary>
internal static class VisibleText
{
    /// <summary>The text on one line, without anything that a terminal would obey.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsObeyed))
        {
            return text;
        }

        var shown = new StringBuilder();
        foreach (char character in text)
        {
            _ = IsObeyed(character) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : shown.Append(character);
        }

        return shown.ToString();
    }

    // Control characters; signs that turn the reading direction; separators of lines and paragraphs. Other format signs join letters of some scripts and stay.
    private static bool IsObeyed(char character) =>
        char.IsControl(character)
            || character is '\u200e' or '\u200f' or '\u061c' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
