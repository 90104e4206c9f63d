using System.Text;

namespace Attune.Records.Tests.Lines;

public sealed class LineLogTests : IDisposable
{
    private static readonly LineFileKind Kind = new("sample lines", "a sample line", "name another file with --sample FILE", line => line.StartsWith("{\"a\":"u8));
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Lines_come_back_as_they_were()
    {
        string path = folder.File("log.jsonl");
        using (var log = LineLog.Open(path, Kind))
        {
            log.Append("{\"a\":1}"u8);
            log.Append("{\"b\":\"ü\"}"u8);
        }

        LineLogContents contents = LineLog.Read(path, Kind);
        contents.Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ShouldBe(["{\"a\":1}", "{\"b\":\"ü\"}"]);
        contents.Damage.ShouldBeEmpty();
        contents.TornTail.ShouldBeFalse();
    }

    [Fact]
    public void Cut_anywhere_only_the_last_line_is_lost()
    {
        string path = folder.File("log.jsonl");
        using (var log = LineLog.Open(path, Kind))
        {
            log.Append("{\"a\":1}"u8);
            log.Append("{\"b\":2}"u8);
        }

        byte[] all = File.ReadAllBytes(path);
        int first = Array.IndexOf(all, (byte)'\n') + 1;
        for (int length = first; length < all.Length; length++)
        {
            File.WriteAllBytes(path, all[..length]);
            using (var log = LineLog.Open(path, Kind))
            {
                log.Contents.Lines.Length.ShouldBe(1);
                log.Append("{\"c\":3}"u8);
            }

            LineLog.Read(path, Kind).Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ShouldBe(["{\"a\":1}", "{\"c\":3}"]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"a\":\n1}")]
    public void Only_objects_on_one_line_are_taken(string text)
    {
        using var log = LineLog.Open(folder.File("log.jsonl"), Kind);
        Should.Throw<ArgumentException>(() => log.Append(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Any_other_file_is_refused()
    {
        File.WriteAllText(folder.File("other"), "text\nmore text\n");
        Should.Throw<JournalException>(() => LineLog.Open(folder.File("other"), Kind)).Failure.ShouldBe(JournalFailure.NotAJournal);
        Should.Throw<JournalException>(() => LineLog.Read(folder.File("missing"), Kind)).Failure.ShouldBe(JournalFailure.NotFound);
    }

    public void Dispose() => folder.Dispose();
}
