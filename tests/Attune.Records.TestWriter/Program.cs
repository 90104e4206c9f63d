using System.Globalization;
using Attune.Records;
using Attune.Records.Journals;

// Appends records to the journal named by the first argument until it is killed, and says after each that it is written.
// With a number of records as second argument it writes so many and ends: a journal as large as one likes, for measuring how long reading one takes.
// A third argument is the number of tasks that they are spread over (100 without it).
int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : int.MaxValue;
int tasks = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100;
bool speaks = args.Length == 1;
try
{
    using Journal journal = Journal.Open(args[0], new JournalOptions { SyncEveryRecords = speaks ? 100 : int.MaxValue });
    for (long sequence = journal.Contents.Records.Length; sequence < count; sequence++)
    {
        journal.Append(Record(sequence));
        if (speaks)
        {
            Console.WriteLine(sequence.ToString(CultureInfo.InvariantCulture));
        }
    }

    return 0;
}
catch (JournalException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}

TuningRecord Record(long sequence) => new()
{
    Task = string.Create(CultureInfo.InvariantCulture, $"conv2d {1 + (sequence % tasks)}x64x56x56 -> 64, 3x3, stride 1, pad 1,1,1,1, groups 1, lanes 16"),
    Knobs = new Dictionary<string, string>
    {
        ["algorithm"] = "direct",
        ["oc_r"] = Text(1 + (sequence % 4)),
        ["ow_r"] = Text(1 + (sequence % 28)),
        ["ic_t"] = Text(1 + (sequence % 64)),
        ["oh_t"] = Text(1 + (sequence % 56)),
        ["order"] = "oc-outer",
        ["unroll"] = sequence % 2 == 0 ? "kh.kw" : "kw",
        ["partition"] = "rows",
        ["prefetch"] = "off",
    },
    Index = sequence,
    Outcome = sequence % 9 == 0 ? Outcome.CutShort : Outcome.Ok,
    TimesMs = [1.5 + (sequence % 100 / 1000.0), 1.25, 1.75, 1.4375, 1.375, 1.53125, 1.625, 1.40625],
    MedianMs = 1.5,
    CompileMs = 4.125,
    CalibrationMs = 0.71875,
    ElapsedMs = 93.4375,
    Threads = 2,
    Device = "x64-AuthenticAMD-25.17.1-w16-c2-32k.1024k-123456",
    Tuner = "bted+bao",
    Seed = 1,
    Session = "killed",
    Sequence = sequence,
    Time = DateTimeOffset.UnixEpoch.AddTicks(sequence * 12_345_677),
};

static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
