using System.Globalization;
using System.Text.Json;

namespace Attune.Tuning.Options;

/// <content>The kinds of options that a table can declare.</content>
public sealed partial class OptionTable<T>
{
    /// <summary>Adds a whole number.</summary>
    /// <param name="name">Name, lower case with hyphens.</param>
    /// <param name="min">Smallest value allowed.</param>
    /// <param name="max">Largest value allowed.</param>
    /// <param name="get">Reads it from a record.</param>
    /// <param name="set">The record with another value.</param>
    /// <param name="help">One line: effect, unit and source.</param>
    public OptionTable<T> Integer(string name, int min, int max, Func<T, int> get, Func<T, int, T> set, string help) => Add(new Column(
        name,
        $"a whole number from {min} to {max}",
        help,
        options => get(options).ToString(CultureInfo.InvariantCulture),
        options => get(options) >= min && get(options) <= max,
        text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? options =>
                set(options, value) : null));

    /// <summary>Adds a whole number that may be left to the tuner, as "auto".</summary>
    /// <inheritdoc cref="Integer"/>
    public OptionTable<T> AutoInteger(string name, int min, int max, Func<T, int?> get, Func<T, int?, T> set, string help) => Add(new Column(
        name,
        $"auto, or a whole number from {min} to {max}",
        help,
        options => get(options)?.ToString(CultureInfo.InvariantCulture) ?? "auto",
        options => get(options) is not { } value || (value >= min && value <= max),
        text => text.Equals("auto", StringComparison.OrdinalIgnoreCase)
            ? options => set(options, null)
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? options =>
                set(options, value) : null));

    /// <summary>Adds a number, both bounds allowed; not a number and infinities never are.</summary>
    /// <inheritdoc cref="Integer"/>
    public OptionTable<T> Number(string name, double min, double max, Func<T, double> get, Func<T, double, T> set, string help) => Add(new Column(
        name,
        max >= double.MaxValue ? $"a number of at least {Text(min)}" : $"a number from {Text(min)} to {Text(max)}",
        help,
        options => Text(get(options)),
        options => get(options) >= min && get(options) <= max,
        text => double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max ? options => set(options, value) : null));

    /// <summary>Adds a number above 0, at most <paramref name="max"/>.</summary>
    /// <inheritdoc cref="Integer"/>
    public OptionTable<T> Positive(string name, double max, Func<T, double> get, Func<T, double, T> set, string help) => Add(new Column(
        name,
        max >= double.MaxValue ? "a number above 0" : $"a number above 0, at most {Text(max)}",
        help,
        options => Text(get(options)),
        options => get(options) > 0 && get(options) <= max,
        text => double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= max ? options => set(options, value) : null));

    /// <summary>Adds a switch.</summary>
    /// <inheritdoc cref="Integer"/>
    public OptionTable<T> Flag(string name, Func<T, bool> get, Func<T, bool, T> set, string help) => Add(new Column(
        name,
        "on or off",
        help,
        options => get(options) ? "on" : "off",
        _ => true,
        text => text.ToLowerInvariant() switch
        {
            "on" or "true" => options => set(options, true),
            "off" or "false" => options => set(options, false),
            _ => null,
        }));

    /// <summary>Adds one of several named alternatives; they are the enumeration's members in lower case with hyphens.</summary>
    /// <inheritdoc cref="Integer"/>
    public OptionTable<T> Choice<TEnum>(string name, Func<T, TEnum> get, Func<T, TEnum, T> set, string help)
        where TEnum : struct, Enum => Add(new Column(
            name,
            OneOf([.. Enum.GetValues<TEnum>().Select(Word)]),
            help,
            options => Word(get(options)),
            options => Enum.IsDefined(get(options)),
            text =>
            {
                foreach (TEnum value in Enum.GetValues<TEnum>())
                {
                    if (Word(value).Equals(text, StringComparison.OrdinalIgnoreCase))
                    {
                        return options => set(options, value);
                    }
                }

                return null;
            }));

    /// <summary>Adds a preset: a complete set of values by one name.</summary>
    /// <param name="name">Name, lower case with hyphens.</param>
    /// <param name="apply">The record with the preset's values.</param>
    /// <param name="help">One line: what it stands for.</param>
    public OptionTable<T> Preset(string name, Func<T, T> apply, string help) => new(columns, presets.Add(new Named(name, help, apply)));

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private OptionTable<T> Add(Column column) => Names.Contains(column.Name)
        ? throw new ArgumentException($"The table has an option '{column.Name}' already.", nameof(column))
        : new OptionTable<T>(columns.Add(column), presets);
}
