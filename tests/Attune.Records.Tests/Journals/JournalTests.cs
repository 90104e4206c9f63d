using System.Text;
using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("sub/tuning.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_appended_is_read_back()
    {
        TuningRecord[] records = [Sample.Record(0), Sample.Record(1, median: null, outcome: Outcome.Crash), Sample.Record(2, outcome: Outcome.CutShort)];
        Write(records);

        JournalContents contents = JournalReader.Read(Path);
        contents.Records.Select(Sample.Text).ShouldBe(records.Select(Sample.Text));
        contents.Damage.ShouldBeEmpty();
        contents.TornTail.ShouldBeFalse();
        TuningRecord read = contents.Records[1];
        (read.Outcome, read.Message, read.MedianMs, read.IsTimed, read.Time).ShouldBe((Outcome.Crash, records[1].Message, null, false, records[1].Time));
        read.Knobs.ShouldBe(records[1].Knobs);
    }

    [Fact]
    public void Every_line_is_plain_json_with_a_documented_shape()
    {
        Write(Sample.Record());
        string line = File.ReadAllLines(Path).ShouldHaveSingleItem();
        using var json = System.Text.Json.JsonDocument.Parse(line);
        json.RootElement.GetProperty("v").GetInt32().ShouldBe(2);
        json.RootElement.GetProperty("outcome").GetString().ShouldBe("ok");
        json.RootElement.GetProperty("times_ms").GetArrayLength().ShouldBe(2);
        json.RootElement.GetProperty("crc").GetString().ShouldNotBeNull().Length.ShouldBe(8);
    }

    [Fact]
    public void Appending_goes_on_where_the_journal_ended()
    {
        Write(Sample.Record(0));
        using (Journal journal = Journal.Open(Path))
        {
            journal.Contents.Records.ShouldHaveSingleItem();
            journal.Append(Sample.Record(1));
        }

        JournalReader.Read(Path).Records.Select(record => record.Sequence).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_cut_at_any_byte_loses_at_most_the_line_it_hits_and_the_next_append_repairs_it()
    {
        Write(Sample.Record(0), Sample.Record(1), Sample.Record(2));
        byte[] whole = File.ReadAllBytes(Path);
        int[] ends = [.. whole.Select((b, i) => (b, i)).Where(p => p.b == '\n').Select(p => p.i + 1)];
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(Path, whole[..cut]);
            // A line that lacks only its line feed is still whole.
            int intact = ends.Count(end => end - 1 <= cut);
            bool clean = cut == 0 || ends.Contains(cut) || ends.Contains(cut + 1);

            JournalContents contents = JournalReader.Read(Path);
            contents.Records.Length.ShouldBe(intact, $"cut at {cut}");
            contents.TornTail.ShouldBe(!clean, $"cut at {cut}");
            contents.Damage.ShouldBeEmpty();

            // Repairing flushes to the disk, so the cuts through the last line stand for all.
            if (cut < ends[1] - 1)
            {
                continue;
            }

            Write(Sample.Record(9));
            JournalContents repaired = JournalReader.Read(Path);
            repaired.Records.Select(record => record.Sequence).ShouldBe([.. Enumerable.Range(0, intact), 9], $"cut at {cut}");
            repaired.Damage.ShouldBeEmpty();
            repaired.TornTail.ShouldBeFalse();
        }
    }

    [Fact]
    public void A_changed_byte_costs_its_line_only_and_is_reported_with_its_number()
    {
        TuningRecord[] records = [.. Enumerable.Range(0, 4).Select(i => Sample.Record(i))];
        Write(records);
        byte[] whole = File.ReadAllBytes(Path);
        int second = Array.IndexOf(whole, (byte)'\n') + 1;
        int third = Array.IndexOf(whole, (byte)'\n', second) + 1;
        var random = new Random(5);
        for (int at = second; at < third; at++)
        {
            byte[] changed = [.. whole];
            changed[at] = (byte)(changed[at] ^ (1 << random.Next(8)));
            File.WriteAllBytes(Path, changed);
            JournalContents contents = JournalReader.Read(Path);
            contents.Records.ShouldNotContain(record => record.Sequence == 1, $"byte {at}");
            contents.Records.Length.ShouldBeInRange(2, 3);
            contents.Damage[0].Line.ShouldBe(2);
            contents.Damage.Length.ShouldBeInRange(1, 2);
        }
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public void Random_damage_never_throws_and_never_invents_a_record()
    {
        Write([.. Enumerable.Range(0, 12).Select(i => Sample.Record(i, median: i % 3 == 0 ? null : i))]);
        byte[] whole = File.ReadAllBytes(Path);
        HashSet<string> genuine = [.. JournalReader.Read(Path).Records.Select(Sample.Text)];
        var random = new Random(17);
        for (int round = 0; round < 400; round++)
        {
            List<byte> bytes = [.. whole];
            // The first line stays: a file that begins with nothing of ours is refused, which another test shows.
            int first = bytes.IndexOf((byte)'\n') + 1;
            for (int edit = random.Next(1, 6); edit > 0; edit--)
            {
                int at = random.Next(first, bytes.Count);
                switch (random.Next(3))
                {
                    case 0:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 300), bytes.Count - at));
                        break;
                    case 1:
                        bytes.Insert(at, (byte)random.Next(256));
                        break;
                    default:
                        bytes[at] = (byte)random.Next(256);
                        break;
                }

                if (bytes.Count == first)
                {
                    break;
                }
            }

            File.WriteAllBytes(Path, [.. bytes]);
            JournalContents contents = JournalReader.Read(Path);
            contents.Records.ShouldAllBe(record => genuine.Contains(Sample.Text(record)));
            Write(Sample.Record(99));
            JournalReader.Read(Path).Records.Length.ShouldBe(contents.Records.Length + 1);
        }
    }

    [Fact]
    public void A_line_longer_than_any_record_is_skipped()
    {
        Write(Sample.Record(0));
        using (FileStream file = File.Open(Path, FileMode.Append))
        {
            file.Write(new byte[(1 << 24) + 100_000]);
            file.Write("\n"u8);
            file.Write(JournalLine.Encode(Sample.Record(1)));
        }

        JournalContents contents = JournalReader.Read(Path);
        contents.Records.Length.ShouldBe(2);
        contents.Damage.ShouldHaveSingleItem().Line.ShouldBe(2);
    }

    [Fact]
    public void A_newer_schema_is_refused_and_the_file_left_alone()
    {
        byte[] newer = Newer();
        Directory.CreateDirectory(folder.File("sub"));
        File.WriteAllBytes(Path, [.. JournalLine.Encode(Sample.Record()), .. newer]);
        byte[] before = File.ReadAllBytes(Path);

        foreach (Action attempt in (Action[])[() => JournalReader.Read(Path), () => Journal.Open(Path).Dispose()])
        {
            var error = Should.Throw<JournalException>(attempt);
            error.Failure.ShouldBe(JournalFailure.NewerSchema);
            error.Message.ShouldContain("schema 3 (line 2)");
            error.Next.ShouldContain("Update");
        }

        File.ReadAllBytes(Path).ShouldBe(before);
    }

    [Fact]
    public void Lines_that_only_claim_a_newer_schema_are_refused_when_there_is_no_other()
    {
        Directory.CreateDirectory(folder.File("sub"));
        const string text = "{\"v\":7,\"checked\":\"in another way\"}\n{\"v\":7}\n";
        File.WriteAllText(Path, text);
        Should.Throw<JournalException>(() => Journal.Open(Path)).Failure.ShouldBe(JournalFailure.NewerSchema);
        File.ReadAllText(Path).ShouldBe(text);
    }

    [Fact]
    public async Task A_pipe_is_refused_instead_of_waited_for()
    {
        string pipe = folder.File("pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync();
        }

        Should.Throw<JournalException>(() => Journal.Open(pipe)).Failure.ShouldBe(JournalFailure.FileSystem);
        JournalReader.Read(pipe).Records.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PK\u0003\u0004 some zip\nwith lines\n")]
    [InlineData("no line feed at all")]
    [InlineData("[1,2]\n")]
    public void Another_kind_of_file_is_refused_and_left_alone(string text)
    {
        Directory.CreateDirectory(folder.File("sub"));
        File.WriteAllText(Path, text);
        Should.Throw<JournalException>(() => Journal.Open(Path)).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(Path).ShouldBe(text);
    }

    [Fact]
    public void A_second_writer_is_kept_out_and_readers_are_not()
    {
        using Journal first = Journal.Open(Path);
        first.Append(Sample.Record());
        var error = Should.Throw<JournalException>(() => Journal.Open(Path));
        error.Failure.ShouldBe(JournalFailure.InUse);
        error.Next.ShouldContain("merge");
        JournalReader.Read(Path).Records.ShouldHaveSingleItem();

        first.Dispose();
        using Journal second = Journal.Open(Path);
        second.Contents.Records.ShouldHaveSingleItem();
    }

    [Fact]
    public void Missing_and_unwritable_files_are_named()
    {
        Should.Throw<JournalException>(() => JournalReader.Read(Path)).Failure.ShouldBe(JournalFailure.NotFound);
        Directory.CreateDirectory(Path);
        var error = Should.Throw<JournalException>(() => Journal.Open(Path));
        error.Failure.ShouldBe(JournalFailure.AccessDenied);
        error.Message.ShouldContain(Path);
        error.Next.ShouldContain("--records");
    }

    [NeedingFact(Need.FullDevice)]
    public void A_full_disk_is_told_from_other_failures()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        IOException cause = Should.Throw<IOException>(() => full.Write("x"u8));
        var error = JournalException.From(cause, "a.jsonl", "append to");
        error.Failure.ShouldBe(JournalFailure.DiskFull);
        error.Next.ShouldContain("resumes");
    }

    [Fact]
    public void What_json_cannot_hold_is_a_bug_before_anything_is_written()
    {
        using Journal journal = Journal.Open(Path);
        Should.Throw<ArgumentException>(() => journal.Append(Sample.Record(median: double.PositiveInfinity)));
        Should.Throw<ArgumentException>(() => journal.Append(Sample.Record() with { TimesMs = [double.NaN] }));
        Should.Throw<ArgumentException>(() => journal.Append(Sample.Record() with { Schema = 3 }));
        new FileInfo(Path).Length.ShouldBe(0);
    }

    [Fact]
    public async Task Threads_may_share_a_journal()
    {
        using (Journal journal = Journal.Open(Path, new JournalOptions { SyncEveryRecords = 1000 }))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    journal.Append(Sample.Record(i, session: $"t{thread}"));
                }
            })));
        }

        JournalContents contents = JournalReader.Read(Path);
        contents.Damage.ShouldBeEmpty();
        contents.Records.Select(record => (record.Session, record.Sequence)).Distinct().Count().ShouldBe(200);
    }

    private static byte[] Newer()
    {
        string body = Encoding.UTF8.GetString(JournalLine.Encode(Sample.Record() with { Schema = 3 }));
        return Encoding.UTF8.GetBytes(body);
    }

    private void Write(params TuningRecord[] records)
    {
        using Journal journal = Journal.Open(Path, new JournalOptions { SyncEveryRecords = 100 });
        foreach (TuningRecord record in records)
        {
            journal.Append(record);
        }
    }
}
