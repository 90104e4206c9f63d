namespace Attune.Records.Journals;

/// <summary>
/// Which records of a journal somebody wants: those of some tasks on one device, and wrong results of these tasks on any, since they tell of the kernel
/// (<see cref="WrongConfigurations"/>). A journal of a million records is then read without decoding the others.
/// </summary>
/// <param name="tasks">Keys of the tasks; null for all.</param>
/// <param name="device">Fingerprint id of the device; null for all.</param>
public sealed class RecordSelection(IEnumerable<string>? tasks, string? device)
{
    private readonly HashSet<string>? tasks = tasks is null ? null : new HashSet<string>(tasks, StringComparer.Ordinal);

    /// <summary>True when a record is wanted.</summary>
    public bool Takes(TuningRecord record) =>
        (device is null || record.Device == device || record.Outcome == Outcome.WrongResult) && (tasks is null || tasks.Contains(record.Task));

    /// <summary>True when a record with these fields is wanted.</summary>
    internal bool Takes(JournalFields fields, RawTexts texts) =>
        (device is null || fields.Outcome.SequenceEqual("wrong_result"u8) || texts.Of(fields.Device) == device)
            && (tasks is null || tasks.Contains(texts.Of(fields.Task)));
}
