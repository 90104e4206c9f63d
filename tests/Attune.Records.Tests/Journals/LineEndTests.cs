using System.Text;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Records.Tests.Journals;

/// <summary>Journals that went through another system, an editor or a repository that converts line ends.</summary>
public sealed class LineEndTests : IDisposable
{
    private static readonly LineFileKind Kind = new(
        "sample lines", "a sample line", "name another file with --sample FILE", line => line.StartsWith("{\"a\":"u8));
    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("tuning.jsonl");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\r\n", "\r\n", "")]
    [InlineData("\r\n", "\n", "")]
    [InlineData("\n", "\r\n", "")]
    [InlineData("\r\n", "", "")]
    [InlineData("\r\n", "\r", "")]
    [InlineData("\r\n\r\n", "\r\n", "")]
    [InlineData("\n", "\n", "\uFEFF")]
    [InlineData("\r\n", "\r\n", "\uFEFF")]
    [InlineData("\n", "\n", "\r\n\n")]
    public void Lines_may_end_as_on_any_system(string first, string second, string before)
    {
        string[] lines = [Sample.Text(Sample.Record(0)).TrimEnd('\n'), Sample.Text(Sample.Record(1)).TrimEnd('\n')];
        File.WriteAllBytes(Path, Encoding.UTF8.GetBytes(before + lines[0] + first + lines[1] + second));

        JournalContents contents = JournalReader.Read(Path);
        contents.Records.Select(Sample.Text).ShouldBe(lines.Select(line => line + "\n"));
        contents.Damage.ShouldBeEmpty();
        contents.TornTail.ShouldBeFalse();

        using (Journal journal = Journal.Open(Path))
        {
            journal.Contents.Records.Length.ShouldBe(2);
            journal.Append(Sample.Record(2));
        }

        JournalContents after = JournalReader.Read(Path);
        after.Records.Select(record => record.Sequence).ShouldBe([0, 1, 2]);
        after.Damage.ShouldBeEmpty();
    }

    [Fact]
    public void A_log_of_lines_reads_them_too()
    {
        string[] lines = [.. new[] { "{\"a\":1}", "{\"a\":2}" }.Select(
            json => Encoding.UTF8.GetString(JournalLine.Seal(Encoding.UTF8.GetBytes(json))).TrimEnd('\n'))];
        File.WriteAllText(Path, $"{lines[0]}\r\n{lines[1]}\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using (LineLog log = LineLog.Open(Path, Kind))
        {
            log.Contents.Damage.ShouldBeEmpty();
            log.Append("{\"a\":3}"u8);
        }

        LineLog.Read(Path, Kind).Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ShouldBe(["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]);
    }

    [Fact]
    public void A_cut_within_a_line_end_costs_nothing()
    {
        string text = Sample.Text(Sample.Record(0))
            .Replace("\n", "\r\n", StringComparison.Ordinal) + Sample
            .Text(Sample.Record(1))
            .Replace("\n", "\r\n", StringComparison.Ordinal);
        byte[] whole = Encoding.UTF8.GetBytes(text);
        int end = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int cut = end; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(Path, whole[..cut]);
            JournalContents contents = JournalReader.Read(Path);
            contents.Records.Length.ShouldBe(cut >= whole.Length - 2 ? 2 : 1, $"cut at {cut}");
            contents.Damage.ShouldBeEmpty();
        }
    }
}
