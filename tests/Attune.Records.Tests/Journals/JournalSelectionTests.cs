using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

/// <summary>Readers that want few records, or only numbers, say the same about a journal as the one that decodes every line.</summary>
public sealed class JournalSelectionTests : IDisposable
{
    private static readonly string[] Tasks = ["conv2d 1x64x56x56", "dense 5x7 + relu", "a \"quoted\" \\ task \u00e9", "conv2d"];
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("tuning.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_selection_keeps_what_it_names_and_nothing_else()
    {
        TuningRecord[] records = Records(60);
        File.WriteAllBytes(Path, Lines(records));
        foreach (string task in Tasks)
        {
            var selection = new RecordSelection([task, "unknown"], "x64-b");
            JournalReader.Read(Path, selection).Records.Select(Sample.Text).ShouldBe(
                records.Where(record => record.Task == task && record.Device == "x64-b").Select(Sample.Text));
        }

        File.AppendAllText(Path, Sample.Text(Sample.Record(77, task: Tasks[1], outcome: Outcome.WrongResult) with { Device = "x64-c" }));
        JournalReader.Read(Path, new RecordSelection([Tasks[1]], "none")).Records.ShouldHaveSingleItem().Sequence.ShouldBe(
            77, "a wrong result tells of the kernel, on any device");
        JournalReader.Read(Path, new RecordSelection([Tasks[0]], "none")).Records.ShouldBeEmpty();
        File.WriteAllBytes(Path, Lines(records));
        JournalReader.Read(Path, new RecordSelection(null, "x64-a")).Records.Select(Sample.Text).ShouldBe(
            records.Where(record => record.Device == "x64-a").Select(Sample.Text));
        JournalReader.Read(Path, new RecordSelection(Tasks, null)).Records.Length.ShouldBe(60);
        using Journal journal = Journal.Open(Path, selection: new RecordSelection([Tasks[1]], "x64-a"));
        journal.Append(Sample.Record(99));
        journal.Contents.Records.ShouldAllBe(record => record.Task == Tasks[1]);
        journal.Dispose();
        JournalReader.Read(Path).Records.Length.ShouldBe(61, "those that were not wanted are still there");
    }

    [Fact]
    public void A_tally_counts_what_reading_finds()
    {
        TuningRecord[] records = Records(60);
        File.WriteAllBytes(Path, [.. Lines(records), .. "{\"v\":1,\"tor"u8]);
        JournalTally tally = JournalReader.Tally(Path);
        tally.Records.ShouldBe(60);
        tally.Ok.ShouldBe(records.Count(record => record.Outcome == Outcome.Ok));
        tally.Tasks.ShouldBe(4);
        tally.Devices.ShouldBe(["x64-a", "x64-b"]);
        tally.Last.ShouldBe(records.Max(record => record.Time));
        tally.Contents.TornTail.ShouldBeTrue();
    }

    [Fact]
    public void Lines_of_another_form_count_as_well()
    {
        // The same records with their properties in another order, and one with spaces: right checksums, no quick way to the fields.
        TuningRecord[] records = Records(8);
        var lines = new List<byte>();
        foreach (TuningRecord record in records)
        {
            JsonObject json = JsonNode.Parse(JournalLine.Unseal(JournalLine.Encode(record)[..^1])!)!.AsObject();
            IEnumerable<string> members = json.Where(pair => pair.Key != "v").Reverse()
                .Select(pair => $"{JsonSerializer.Serialize(pair.Key)}: {pair.Value?.ToJsonString() ?? "null"}");
            string turned = $"{{\"v\":2,{string.Join(',', members)}}}";
            lines.AddRange(JournalLine.Seal(Encoding.UTF8.GetBytes(turned)));
        }

        File.WriteAllBytes(Path, [.. lines]);
        JournalReader.Read(Path).Records.Select(Sample.Text).ShouldBe(records.Select(Sample.Text));
        JournalReader.Tally(Path).Records.ShouldBe(8);
        JournalReader.Read(Path, new RecordSelection([Tasks[2]], null)).Records.Length.ShouldBe(records.Count(record => record.Task == Tasks[2]));
    }

    [Theory]
    [InlineData("\"outcome\":\"ok\"", "\"outcome\":\"fine\"")]
    [InlineData("\"times_ms\"", "\"times\"")]
    [InlineData("\"task\":\"conv2d 1x64x56x56\"", "\"task\":\"\\ud800\"")]
    [InlineData("\"time\":\"2026", "\"time\":\"x026")]
    public void What_no_reader_can_use_is_damage_to_all_of_them(string before, string after)
    {
        string text = Encoding.UTF8.GetString(JournalLine.Unseal(JournalLine.Encode(Sample.Record(0, task: Tasks[0]))[..^1])!);
        text.ShouldContain(before);
        File.WriteAllBytes(Path, [.. JournalLine.Encode(Sample.Record(1)), .. JournalLine.Seal(Encoding.UTF8.GetBytes(text.Replace(before, after)))]);
        JournalReader.Read(Path).Damage.ShouldHaveSingleItem().Line.ShouldBe(2);
        JournalReader.Tally(Path).Contents.Damage.ShouldHaveSingleItem().Line.ShouldBe(2);
        JournalReader.Tally(Path).Records.ShouldBe(1);
    }

    [Fact]
    public void Damage_is_the_same_to_every_reader()
    {
        byte[] whole = Lines(Records(12));
        var random = new Random(29);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = [.. whole];
            for (int edit = random.Next(1, 5); edit > 0; edit--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)'\n' : (byte)random.Next(256);
            }

            File.WriteAllBytes(Path, bytes);
            JournalContents all = JournalReader.Read(Path);
            JournalTally tally = JournalReader.Tally(Path);
            tally.Records.ShouldBe(all.Records.Length);
            tally.Contents.Damage.ShouldBe(all.Damage);
            JournalContents none = JournalReader.Read(Path, new RecordSelection([], null));
            none.Records.ShouldBeEmpty();
            (none.IntactLength, none.TornTail).ShouldBe((all.IntactLength, all.TornTail));
            none.Damage.ShouldBe(all.Damage);
        }
    }

    [Fact]
    public void A_newer_schema_is_refused_by_every_reader()
    {
        File.WriteAllBytes(Path, [.. JournalLine.Encode(Sample.Record()), .. JournalLine.Encode(Sample.Record(1) with { Schema = 3 })]);
        foreach (Action attempt in (Action[])[() => JournalReader.Tally(Path), () => JournalReader.Read(
            Path,
            new RecordSelection([], null)), () => JournalReader.Visit(Path, _ => { })])
        {
            Should.Throw<JournalException>(attempt).Failure.ShouldBe(JournalFailure.NewerSchema);
        }
    }

    private static TuningRecord[] Records(int count) =>
    [
        .. Enumerable.Range(0, count)
            .Select(i => Sample.Record(i, task: Tasks[i % 4], median: i % 5 == 0 ? null : i, outcome: i % 5 == 0 ? Outcome.Crash : Outcome.Ok) with
        {
            Device = i % 3 == 0 ? "x64-a" : "x64-b",
            Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(i * 1_234_567L),
        }),
    ];

    private static byte[] Lines(IEnumerable<TuningRecord> records) => [.. records.SelectMany(JournalLine.Encode)];
}
