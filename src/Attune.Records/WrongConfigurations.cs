namespace Attune.Records;

/// <summary>
/// Configurations that gave a wrong result at any time. One wrong result disqualifies a configuration of a task for good, whatever other records say, on any
/// device and with any number of threads, but for this version of the kernel template: another version may have mended it. Immutable.
/// </summary>
public sealed class WrongConfigurations
{
    private readonly Dictionary<(string Task, string Template), HashSet<string>> wrong = [];

    private WrongConfigurations()
    {
    }

    /// <summary>Finds them among records.</summary>
    public static WrongConfigurations Of(IEnumerable<TuningRecord> records)
    {
        var found = new WrongConfigurations();
        foreach (TuningRecord record in records.Where(record => record.Outcome == Outcome.WrongResult))
        {
            (string, string) key = (record.Task, record.Template);
            if (!found.wrong.TryGetValue(key, out HashSet<string>? knobs))
            {
                found.wrong[key] = knobs = new HashSet<string>(StringComparer.Ordinal);
            }

            knobs.Add(Text(record.Knobs));
        }

        return found;
    }

    /// <summary>True when the record's configuration gave a wrong result, in this record or another one.</summary>
    public bool Contains(TuningRecord record) =>
        wrong.TryGetValue((record.Task, record.Template), out HashSet<string>? knobs) && knobs.Contains(Text(record.Knobs));

    private static string Text(IReadOnlyDictionary<string, string> knobs) =>
        string.Join('\n', knobs.OrderBy(knob => knob.Key, StringComparer.Ordinal).Select(knob => $"{knob.Key}={knob.Value}"));
}
