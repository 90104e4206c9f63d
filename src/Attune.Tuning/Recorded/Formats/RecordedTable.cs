using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Attune.Kernels.Spaces;
using Attune.Records;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>
/// What every format of recordings comes down to: named knobs and rows of their values with outcomes. Collects rows, checks limits, makes the space.
/// </summary>
internal sealed partial class RecordedTable(string name, ImmutableArray<string> knobs, RepeatRule repeats)
{
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<RecordedRow> rows = [];
    private int untimed;
    private int repeated;
    private int refused;

    public string Name => name;

    public ImmutableArray<string> Knobs => knobs;

    public IReadOnlyList<RecordedRow> Rows => rows;

    /// <summary>What was odd, one sentence per kind.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (untimed > 0)
            {
                yield return $"{untimed} configurations are marked good but have no usable time; they count as failures.";
            }

            if (repeated > 0)
            {
                yield return $"{repeated} configurations were recorded again; the fastest counts.";
            }

            if (refused > 0)
            {
                yield return $"{refused} configurations break a constraint of their space and were left out.";
            }
        }
    }

    public void CountRefused() => refused++;

    /// <summary>Adds a row; one without a usable time though it is called good becomes a failure.</summary>
    /// <exception cref="RecordedDeviceException">It repeats another, or exceeds a limit.</exception>
    public void Add(RecordedRow row, long? line)
    {
        if (row.Labels.Any(label => label.Length > RecordedLimits.LabelLength) || rows.Count >= RecordedLimits.Rows)
        {
            throw new RecordedDeviceException(
                RecordedFailure.TooLarge,
                name,
                line,
                $"more than {RecordedLimits.Rows} configurations or a knob value longer than {RecordedLimits.LabelLength} characters",
                "Split the recording.");
        }

        if (row.Outcome is Outcome.Ok or Outcome.CutShort && !(row.TimeMs > 0 && double.IsFinite(row.TimeMs)))
        {
            untimed++;
            row = row with { Outcome = Outcome.Crash, TimeMs = 0 };
        }

        string key = string.Join('\u001f', row.Labels);
        if (places.TryAdd(key, rows.Count))
        {
            rows.Add(row);
            return;
        }

        if (repeats == RepeatRule.Refuse)
        {
            throw new RecordedDeviceException(
                RecordedFailure.Malformed, name, line, "this combination of knobs was listed before", "Keep one row for each configuration.");
        }

        repeated++;
        RecordedRow known = rows[places[key]];
        if (row.Outcome == Outcome.Ok && (known.Outcome != Outcome.Ok || row.TimeMs < known.TimeMs))
        {
            rows[places[key]] = row;
        }
    }

    /// <summary>The knobs with the values that occur: whole numbers, tuples of factors such as 4x14, or unordered texts.</summary>
    /// <exception cref="RecordedDeviceException">There are no rows.</exception>
    public ImmutableArray<Knob> MakeKnobs() => rows.Count == 0
        ? throw new RecordedDeviceException(RecordedFailure.Empty, name, null, "it holds no configuration", "Record one first, or name another file.")
        : [.. knobs.Select((knob, column) => MakeKnob(knob, [.. rows.Select(row => row.Labels[column]).Distinct(StringComparer.Ordinal)]))];

    private static Knob MakeKnob(string name, string[] labels)
    {
        if (Array.TrueForAll(labels, label => IsPlainNumber(label)))
        {
            return Knob.Scale(name, [.. labels.Select(label => int.Parse(label, CultureInfo.InvariantCulture)).Order()]);
        }

        if (Array.TrueForAll(labels, label => Factors().IsMatch(label)))
        {
            ImmutableArray<int>[] tuples = [.. labels.Select(
                label => ImmutableArray.Create(Array.ConvertAll(label.Split('x'), factor => int.Parse(factor, CultureInfo.InvariantCulture))))];
            if (Array.TrueForAll(tuples, tuple => tuple.Length == tuples[0].Length && tuple.All(factor => factor > 0)))
            {
                return Knob.Splits(name, tuples.OrderBy(tuple => tuple, InnermostSlowest));
            }
        }

        return Knob.Choice(name, [.. labels.Order(StringComparer.Ordinal)]);
    }

    // "07" and "7" would be one number but two texts.
    private static bool IsPlainNumber(string label) =>
        int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value.ToString(CultureInfo.InvariantCulture) == label;

    private static readonly Comparer<ImmutableArray<int>> InnermostSlowest = Comparer<ImmutableArray<int>>.Create((a, b) =>
    {
        for (int i = a.Length - 1; i >= 0; i--)
        {
            if (a[i] != b[i])
            {
                return a[i].CompareTo(b[i]);
            }
        }

        return 0;
    });

    [GeneratedRegex(@"^[1-9][0-9]{0,8}(x[1-9][0-9]{0,8})+$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Factors();
}
