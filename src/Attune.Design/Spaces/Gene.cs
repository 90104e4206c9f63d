using System.Collections.Immutable;
using System.Globalization;

namespace Attune.Design.Spaces;

/// <summary>One thing that differs between the designs of a space, with the values it may take.</summary>
/// <param name="Id">Name, unique in its space: letters, digits, '.', '_' and '-'.</param>
/// <param name="Values">Values as text, at least one, all different; numbers in their shortest form.</param>
public sealed record Gene(string Id, ImmutableArray<string> Values)
{
    private readonly ImmutableArray<double> numbers = [.. Values.Select(value => TryNumber(value, out double number) ? number : double.NaN)];

    /// <summary>True when every value is a number.</summary>
    public bool IsNumeric => !numbers.Any(double.IsNaN);

    /// <summary>A value as a number.</summary>
    /// <param name="choice">Position of the value.</param>
    /// <exception cref="InvalidOperationException">The value is no number.</exception>
    public double Number(int choice) => double.IsNaN(numbers[choice])
        ? throw new InvalidOperationException($"The value '{Values[choice]}' of gene '{Id}' is no number.")
        : numbers[choice];

    /// <summary>Reads a number as genes write them.</summary>
    internal static bool TryNumber(string text, out double number) =>
        double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);

    /// <summary>A number as genes write it: the shortest text that reads back.</summary>
    internal static string TextOf(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
