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

        // The digits are the same, where the point and the exponent stand is not: "-8.87E-05", "0.001", "123.5".
        string shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = mark < 0 ? shortest : shortest[..mark];
        int power = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal) is var at and >= 0 ? at : mantissa.Length;
        string figures = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        string digits = figures.TrimStart('0');
        int exponent = digits.Length == 0 ? 0 : point - 1 + power - (figures.Length - digits.Length);
        digits = digits.TrimEnd('0') is { Length: > 0 } some ? some : "0";
        return (double.IsNegative(number) ? "-" : string.Empty) + Placed(digits, exponent);
    }

    private static string Placed(string digits, int exponent)
    {
        if (exponent is <= LastExponent or >= FirstExponent)
        {
            string rest = digits.Length > 1 ? $".{digits[1..]}" : string.Empty;
            return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{digits}";
        }

        string whole = digits.PadRight(exponent + 1, '0');
        return $"{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }
}
