using Attune.Cli.Output;

namespace Attune.Cli.Arguments;

/// <summary>How much a tune may spend: time, trials, or both unset.</summary>
/// <param name="Time">Wall-clock time, or null.</param>
/// <param name="Trials">Candidates to measure, or null.</param>
internal sealed record Budget(TimeSpan? Time, int? Trials)
{
    /// <summary>Reads "90s", "10m", "1h30m" or "500trials" (a bare number counts trials).</summary>
    /// <exception cref="CommandFailedException">The text is none of those (AT1005).</exception>
    public static Budget Parse(string text)
    {
        string trimmed = text.Trim();
        string digits = trimmed.EndsWith("trials", StringComparison.OrdinalIgnoreCase) ? trimmed[..^6].TrimEnd() : trimmed;
        if (int.TryParse(digits, out int trials) && trials > 0)
        {
            return new Budget(null, trials);
        }

        return new Budget(Duration(trimmed) ?? throw Wrong(text), null);
    }

    /// <summary>Reads a duration: numbers each followed by h, m, s or ms, in any order. Null when the text is none or not positive.</summary>
    public static TimeSpan? Duration(string text)
    {
        double seconds = 0;
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            {
                end++;
            }

            int unitEnd = end;
            while (unitEnd < text.Length && char.IsAsciiLetter(text[unitEnd]))
            {
                unitEnd++;
            }

            double? unit = text[end..unitEnd] switch
            {
                "h" => 3600,
                "m" or "min" => 60,
                "s" => 1,
                "ms" => 1e-3,
                _ => null,
            };
            if (unit is null || !double.TryParse(text.AsSpan(start, end - start), out double number))
            {
                return null;
            }

            seconds += number * unit.Value;
            start = unitEnd;
        }

        return seconds > 0 && seconds < 1e8 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static CommandFailedException Wrong(string text) => new(
        ExitCode.Usage,
        ErrorCodes.BadValue,
        $"'{text}' is neither a duration nor a number of trials.",
        "Write --budget 90s, --budget 10m, --budget 1h30m or --budget 500trials.");
}
