using System.Collections.Immutable;
using System.Globalization;
using Attune.Devices;
using Attune.Numerics.Words;

namespace Attune.Tuning.Options;

/// <summary>
/// The named options of an immutable options record: how each is read from text, its range, its help. One table serves the command line (NAME=VALUE), the
/// validation of records made in code, help texts and reports, so that they cannot disagree. Immutable: every method that adds gives a new table.
/// </summary>
/// <typeparam name="T">The options record.</typeparam>
public sealed partial class OptionTable<T>
    where T : notnull
{
    /// <summary>Name of the pseudo-option that chooses a preset; it is applied before all other assignments, wherever it stands.</summary>
    public const string PresetName = "preset";

    /// <summary>A table without options.</summary>
    public static readonly OptionTable<T> Empty = new([], []);

    private readonly ImmutableArray<Column> columns;
    private readonly ImmutableArray<Named> presets;

    private OptionTable(ImmutableArray<Column> columns, ImmutableArray<Named> presets)
    {
        this.columns = columns;
        this.presets = presets;
    }

    /// <summary>Names of all options, in order of declaration.</summary>
    public ImmutableArray<string> Names => [.. columns.Select(column => column.Name)];

    /// <summary>Names of the presets.</summary>
    public ImmutableArray<string> Presets => [.. presets.Select(preset => preset.Name)];

    /// <summary>All options with the values they have in a record; presets come first as one option.</summary>
    public ImmutableArray<TunerOption> Describe(T options)
    {
        IEnumerable<TunerOption> all = columns.Select(column => new TunerOption(column.Name, column.Values, column.Show(options), column.Help));
        return presets.IsEmpty
            ? [.. all]
            : [new TunerOption(PresetName, OneOf(Presets), string.Empty, string.Join("; ", presets.Select(preset => $"{preset.Name}: {preset.Help}"))), .. all];
    }

    /// <summary>What is out of range in a record, one sentence each; empty when nothing is.</summary>
    public IEnumerable<string> Problems(T options) =>
        columns.Where(column => !column.InRange(options)).Select(column => $"{column.Name} is {column.Show(options)}, it takes {column.Values}");

    /// <summary>Applies assignments of the form NAME=VALUE. Names are matched without regard to case; a name may be given
    /// once. All problems when there are any.</summary>
    /// <param name="options">The record to start from.</param>
    /// <param name="assignments">Texts such as "radius=2.5".</param>
    public Result<T, OptionProblems> Bind(T options, IEnumerable<string> assignments)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var changes = new List<(bool IsPreset, Func<T, T> Change)>();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=');
            if (equals < 1)
            {
                problems.Add($"'{assignment}' is not NAME=VALUE{Known()}.");
                continue;
            }

            string name = assignment[..equals].Trim();
            string value = assignment[(equals + 1)..].Trim();
            if (!seen.Add(name))
            {
                problems.Add($"Option '{name}' is given twice; give it once.");
            }
            else if (Read(name, value, problems) is { } change)
            {
                changes.Add((name.Equals(PresetName, StringComparison.OrdinalIgnoreCase), change));
            }
        }

        if (problems.Count > 0)
        {
            return new OptionProblems(problems.ToImmutable());
        }

        foreach ((_, Func<T, T> change) in changes.OrderByDescending(entry => entry.IsPreset))
        {
            options = change(options);
        }

        return options;
    }

    /// <summary>The same options as part of a larger record, their names after a prefix.</summary>
    /// <param name="get">The part of the larger record.</param>
    /// <param name="set">The larger record with another part.</param>
    /// <param name="prefix">Put before every name, for example "tree-".</param>
    public OptionTable<TOuter> Within<TOuter>(Func<TOuter, T> get, Func<TOuter, T, TOuter> set, string prefix = "")
        where TOuter : notnull => new(
        [.. columns.Select(column => new OptionTable<TOuter>.Column(
            prefix + column.Name,
            column.Values,
            column.Help,
            outer => column.Show(get(outer)),
            outer => column.InRange(get(outer)),
            text => column.Parse(text) is { } change ? outer => set(outer, change(get(outer))) : null))],
        [.. presets.Select(preset => new OptionTable<TOuter>.Named(preset.Name, preset.Help, outer => set(outer, preset.Apply(get(outer)))))]);

    /// <summary>This table followed by another over the same record. Presets of one name become one preset that does both.</summary>
    /// <exception cref="ArgumentException">Both have an option of the same name.</exception>
    public OptionTable<T> And(OptionTable<T> other)
    {
        string[] both = [.. Names.Intersect(other.Names, StringComparer.OrdinalIgnoreCase)];
        if (both.Length > 0)
        {
            throw new ArgumentException($"Both tables have an option '{both[0]}'; give one of them a prefix.", nameof(other));
        }

        var merged = presets.ToList();
        foreach (Named preset in other.presets)
        {
            int same = merged.FindIndex(known => known.Name == preset.Name);
            if (same < 0)
            {
                merged.Add(preset);
            }
            else
            {
                Named first = merged[same];
                merged[same] = new Named(
                    first.Name, first.Help == preset.Help ? first.Help : $"{first.Help}, {preset.Help}", options => preset.Apply(first.Apply(options)));
            }
        }

        return new OptionTable<T>([.. columns, .. other.columns], [.. merged]);
    }

    private static string OneOf(IReadOnlyCollection<string> words) =>
        words.Count == 1 ? words.First() : $"{string.Join(", ", words.SkipLast(1))} or {words.Last()}";

    // Many options are single-precision numbers: 0.3 must not be shown as the double nearest to them.
    private static string Text(double value) =>
        (float)value == value ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);

    private Func<T, T>? Read(string name, string value, ImmutableArray<string>.Builder problems)
    {
        if (name.Equals(PresetName, StringComparison.OrdinalIgnoreCase) && !presets.IsEmpty)
        {
            Named? preset = presets.FirstOrDefault(known => known.Name.Equals(value, StringComparison.OrdinalIgnoreCase));
            if (preset is null)
            {
                problems.Add($"There is no preset '{value}'; it is {OneOf(Presets)}.");
            }

            return preset?.Apply;
        }

        Column? column = columns.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (column is null)
        {
            IEnumerable<string> known = presets.IsEmpty ? Names : Names.Append(PresetName);
            string nearest = NearMiss.Nearest(name, known) is { } word ? $"; did you mean '{word}'?" : ".";
            problems.Add($"There is no option '{name}'{nearest}{Known()}.");
            return null;
        }

        Func<T, T>? change = column.Parse(value);
        if (change is null)
        {
            problems.Add($"Option '{column.Name}' takes {column.Values}, not '{value}'.");
        }

        return change;
    }

    private string Known() =>
        columns.IsEmpty ? " This tuner has no options" : $" Options: {string.Join(", ", presets.IsEmpty ? Names : Names.Insert(0, PresetName))}";

    internal sealed record Column(string Name, string Values, string Help, Func<T, string> Show, Func<T, bool> InRange, Func<string, Func<T, T>?> Parse);

    internal sealed record Named(string Name, string Help, Func<T, T> Apply);
}
