using System.Text;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Records.Tests.Lines;

public sealed class LineLogTests : IDisposable
{
    private static readonly LineFileKind Kind = new(
        "sample lines", "a sample line", "name another file with --sample FILE", line => line.StartsWith("{\"a\":"u8));
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
    public void A_missing_file_is_not_read()
    {
        Should.Throw<JournalException>(() => LineLog.Read(folder.File("missing"), Kind)).Failure.ShouldBe(JournalFailure.NotFound);
    }

    public void Dispose() => folder.Dispose();
}
