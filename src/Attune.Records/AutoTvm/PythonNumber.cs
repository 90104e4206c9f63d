using System.Globalization;

namespace Attune.Records.AutoTvm;

/// <summary>Numbers as Python prints them: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on.</summary>
internal static class PythonNumber
{
    private const int FirstExponent = 16;
    private const int LastExponent = -5;

    /// <summary>The text of a number.</summary>
    public static string Of(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }

        // "-8.87E-005" in the shortest digits that read back.
        string scientific = number.ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 17; digits++)
        {
            string shorter = number.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == number)
            {
                scientific = shorter;
                break;
            }
        }

        int mark = scientific.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = scientific[0] == '-' ? "-" : string.Empty;
        string figures = scientific[sign.Length..mark].Replace(".", string.Empty, StringComparison.Ordinal);
        string trimmed = figures.TrimEnd('0') is { Length: > 0 } some ? some : "0";
        if (exponent is <= LastExponent or >= FirstExponent)
        {
            string rest = trimmed.Length > 1 ? $".{trimmed[1..]}" : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{trimmed[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{trimmed}";
        }

        string whole = trimmed.PadRight(exponent + 1, '0');
        return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }
}
