using System.IO.Compression;
using System.Text;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Records.Tests.Journals;

/// <summary>Whatever a user names by mistake must survive it byte by byte, and nothing may appear beside it.</summary>
public sealed class ForeignFileTests : IDisposable
{
    private static readonly LineFileKind Other = new(
        "sample lines", "a sample line", "name another file with --sample FILE", line => line.StartsWith("{\"a\":"u8));
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("notes");

    public static TheoryData<string> Foreign =>
    [
        "{\n \"a\": 1\n}", "{", "{\"v", "\n", "\n\n{}\n", "{\"a\":1}", "{\"v\":1}", "{\"v\":1,\"task\":\"x\"}\n",
        "{\"v\":1,\"task\":\"conv\",\"crc\":\"00000000\"}\n{\"b\":", "[1,2]\n", "text", " ", "\r\n",
        "\uFEFF{\"a\":1}\n", "\0\u0001\u0002\n\n\0", "%PDF-1.7\n{\"v\":1",
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Another_programs_file_is_refused_untouched(string text) => Refused(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_compressed_journal_is_refused_untouched()
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(JournalLine.Encode(Sample.Record()));
        }

        Refused(packed.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_first_line_without_end_is_refused_untouched(bool endsAfterAll) =>
        Refused([.. "{\"v\":1,\"task\":\""u8, .. Enumerable.Repeat((byte)'x', LineFile.LongestLine + 70_000), .. endsAfterAll ? "\"}\n"u8.ToArray() : []]);

    [Fact]
    public void A_record_further_down_does_not_make_a_file_ours() =>
        Refused([.. "# my notes\n"u8, .. JournalLine.Encode(Sample.Record()), .. "and a last li"u8]);

    [Fact]
    public void A_first_record_that_is_damaged_proves_nothing()
    {
        byte[] journal = [.. JournalLine.Encode(Sample.Record(0)), .. JournalLine.Encode(Sample.Record(1))];
        journal[40] ^= 1;
        Refused(journal);
        JournalReader.Read(Path).Records.ShouldHaveSingleItem().Sequence.ShouldBe(1, "reading it, and so merging it into a new file, still works");
    }

    [Fact]
    public void A_file_of_another_kind_of_ours_is_refused_untouched()
    {
        // Both have valid checksums, and a last line that was cut off, which its own kind would repair.
        byte[] log = [.. JournalLine.Seal("{\"a\":1}"u8), .. "{\"a\":2"u8];
        Refused(log);
        byte[] journal = [.. JournalLine.Encode(Sample.Record()), .. "{\"v\":1,"u8];
        Untouched(journal, () => LineLog.Open(Path, Other), JournalFailure.NotAJournal).Next.ShouldContain("--sample");
        Untouched("{\"a\":1}"u8.ToArray(), () => LineLog.Open(Path, Other), JournalFailure.NotAJournal);
        Untouched("{\"a\":1}\n"u8.ToArray(), () => LineLog.Open(Path, Other), JournalFailure.NotAJournal);
    }

    [Fact]
    public void A_merge_replaces_journals_only()
    {
        File.WriteAllBytes(folder.File("a"), JournalLine.Encode(Sample.Record()));
        Untouched("precious"u8.ToArray(), () => RecordMerge.Files([folder.File("a")], Path), JournalFailure.NotAJournal);

        File.CreateSymbolicLink(folder.File("link"), folder.File("a"));
        RecordMerge.Files([folder.File("a")], folder.File("link"));
        new FileInfo(folder.File("link")).LinkTarget.ShouldBe(folder.File("a"));
    }

    [Fact]
    public void A_folder_is_named_as_such()
    {
        Directory.CreateDirectory(Path);
        Should.Throw<JournalException>(() => Journal.Open(Path)).Failure.ShouldBe(JournalFailure.AccessDenied);
        Should.Throw<JournalException>(() => LineLog.Open(Path, Other)).Next.ShouldContain("--sample");
    }

    [Fact]
    public void Nothing_appears_beside_a_journal_and_nothing_there_is_touched()
    {
        // The lock of somebody else's program may bear this name.
        File.WriteAllText(Path + ".lock", "theirs");
        using (Journal journal = Journal.Open(Path))
        {
            journal.Append(Sample.Record());
        }

        File.ReadAllText(Path + ".lock").ShouldBe("theirs");
        Directory.GetFiles(folder.Path).Order().ShouldBe([Path, Path + ".lock"]);
    }

    [Fact]
    public void Opening_changes_nothing_and_the_next_line_repairs()
    {
        byte[] torn = [.. JournalLine.Encode(Sample.Record(0)), .. "{\"v\":1,\"ta"u8];
        File.WriteAllBytes(Path, torn);
        using (Journal journal = Journal.Open(Path))
        {
            journal.Contents.TornTail.ShouldBeTrue();
            File.ReadAllBytes(Path).ShouldBe(torn);
            journal.Append(Sample.Record(1));
        }

        File.ReadAllBytes(Path).ShouldBe([.. JournalLine.Encode(Sample.Record(0)), .. JournalLine.Encode(Sample.Record(1))]);

        byte[] log = [.. JournalLine.Seal("{\"a\":1}"u8), .. "{\"a\":2"u8];
        File.WriteAllBytes(Path, log);
        using (LineLog lines = LineLog.Open(Path, Other))
        {
            File.ReadAllBytes(Path).ShouldBe(log);
            lines.Append("{\"a\":3}"u8);
        }

        File.ReadAllBytes(Path).ShouldBe([.. JournalLine.Seal("{\"a\":1}"u8), .. JournalLine.Seal("{\"a\":3}"u8)]);
    }

    private void Refused(byte[] content)
    {
        JournalException error = Untouched(content, () => Journal.Open(Path), JournalFailure.NotAJournal);
        error.Message.ShouldContain(Path);
        error.Next.ShouldContain("--records");
    }

    private JournalException Untouched(byte[] content, Action attempt, JournalFailure failure)
    {
        File.WriteAllBytes(Path, content);
        DateTime written = File.GetLastWriteTimeUtc(Path);
        string[] there = Directory.GetFileSystemEntries(folder.Path);
        var error = Should.Throw<JournalException>(attempt);
        error.Failure.ShouldBe(failure);
        File.ReadAllBytes(Path).AsSpan().SequenceEqual(content).ShouldBeTrue();
        File.GetLastWriteTimeUtc(Path).ShouldBe(written);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe(there, ignoreOrder: true);
        return error;
    }
}
