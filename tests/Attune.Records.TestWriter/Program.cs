using System.Globalization;
using Attune.Records;

// Appends records to the journal named by the first argument until it is killed, and says after each that it is written.
using Journal journal = Journal.Open(args[0], new JournalOptions { SyncEveryRecords = 100 });
for (long sequence = journal.Contents.Records.Length; ; sequence++)
{
    journal.Append(new TuningRecord
    {
        Task = "conv2d 1x64x56x56",
        Knobs = new Dictionary<string, string> { ["tile"] = "4x4", ["order"] = "oc-outer" },
        Index = sequence,
        Outcome = Outcome.Ok,
        TimesMs = [1.5, 1.25, 1.75],
        MedianMs = 1.5,
        Threads = 2,
        Device = "test",
        Tuner = "random",
        Seed = 1,
        Session = "killed",
        Sequence = sequence,
        Time = DateTimeOffset.UnixEpoch,
    });
    Console.WriteLine(sequence.ToString(CultureInfo.InvariantCulture));
}
