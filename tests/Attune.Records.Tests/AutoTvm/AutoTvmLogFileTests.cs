using System.IO.Compression;
using System.Text;
using Attune.Records.AutoTvm;
using Attune.Records.Text;

namespace Attune.Records.Tests.AutoTvm;

public sealed class AutoTvmLogFileTests : IDisposable
{
    private const string Line =
        "{\"input\": [\"cuda\", \"n\", [], {}], \"config\": {\"index\": 1, \"code_hash\": null, \"entity\": []}, "
        + "\"result\": [[0.5], 0, 1.0, 1.0], \"version\": 0.2}";

    private readonly string folder = Directory.CreateTempSubdirectory("attune-autotvm-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_comments_and_broken_lines_are_told_apart_with_their_numbers(bool zipped)
    {
        string path = Write($"# made by hand\n\n{Line}\r\nbroken\n{new string('x', 70_000)}\n{Line}", zipped);
        var seen = new List<(string? Text, int Number)>();
        AutoTvmTally tally = AutoTvmLogFile.Visit(path, (record, number) => seen.Add((record.Line, number)));
        seen.ShouldBe([(Line, 3), (Line, 6)]);
        (tally.Records, tally.Comments, tally.FaultyLines).ShouldBe((2, 1, 2));
        tally.Faults[0].ShouldStartWith("line 4:");
        tally.Faults[1].ShouldBe("line 5: it is longer than 65536 characters");
        AutoTvmLogFile.IsLog(path).ShouldBeTrue();
    }

    [Fact]
    public void A_gzipped_log_that_ends_early_keeps_what_came_before()
    {
        string whole = Write(string.Join(
            '\n', Enumerable.Range(0, 3000).Select(n => Line.Replace("\"n\"", $"\"n{n * 7919 % 3001}\"", StringComparison.Ordinal))), true);
        byte[] bytes = File.ReadAllBytes(whole);
        string path = Path.Combine(folder, "damaged.gz");
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0x55);
        File.WriteAllBytes(path, bytes);
        int seen = 0;
        AutoTvmTally tally = AutoTvmLogFile.Visit(path, (_, _) => seen++);
        seen.ShouldBe(tally.Records);
        tally.Records.ShouldBeInRange(1, 2999);
        tally.FaultyLines.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_beyond_the_limit_is_a_fault_that_says_the_limit_and_what_to_do(bool zipped)
    {
        string path = Write($"{Line}\n{Line}\n{Line}\n", zipped);
        int limit = (2 * (Line.Length + 1)) + 5;
        AutoTvmTally tally = AutoTvmLogFile.Visit(path, (_, _) => { }, limit);
        (tally.Records, tally.FaultyLines).ShouldBe((2, 1));
        tally.Faults[0].ShouldBe($"line 3: it has more than {limit} bytes of text, and the rest was not read; split it into several files");
        AutoTvmLogFile.Visit(path, (_, _) => { }, 3 * (Line.Length + 1)).FaultyLines.ShouldBe(0);
        new TextTooLongException(TextFile.MaxBytes).Message.ShouldBe("it has more than 512 MiB of text");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"v\":2,\"task\":\"x\"}\n")]
    [InlineData("x,status\n1,ok\n")]
    [InlineData("\u001f\u008b")]
    public void Other_files_are_no_logs(string content) => AutoTvmLogFile.IsLog(Write(content, zipped: false)).ShouldBeFalse();

    [Fact]
    public void What_cannot_be_read_is_no_log_and_reading_it_says_so()
    {
        string path = Path.Combine(folder, "missing.log");
        AutoTvmLogFile.IsLog(path).ShouldBeFalse();
        Should.Throw<FileNotFoundException>(() => AutoTvmLogFile.Visit(path, (_, _) => { }));
    }

    [Theory]
    [InlineData("\"index\": 1", "\"index\": -1", "index")]
    [InlineData("[0.5]", "[-0.5]", "time")]
    [InlineData("[0.5]", "[1e999]", "time")]
    [InlineData("[0.5]", "[1e306]", "time")]
    [InlineData("[0.5], 0", "[0.5], 9", "error 9")]
    [InlineData("1.0, 1.0", "-1.0, 1.0", "trial")]
    [InlineData("1.0, 1.0", "1e306, 1.0", "trial")]
    [InlineData("1.0, 1.0", "86401, 1.0", "above a day")]
    [InlineData("1.0, 1.0", "1.0, 1e300", "date")]
    [InlineData("1.0, 1.0", "1.0, -5", "date")]
    [InlineData("[0.5]", "[NaN]", "JSON")]
    public void Impossible_numbers_are_faults(string from, string to, string reason) =>
        AutoTvmLog.Read([Line.Replace(from, to, StringComparison.Ordinal)]).Faults.ShouldHaveSingleItem().ShouldContain(reason);

    [Fact]
    public void Deep_nesting_and_many_knobs_are_faults()
    {
        string deep = Line.Replace("[], {}", $"{new string('[', 2000)}{new string(']', 2000)}, {{}}", StringComparison.Ordinal);
        string knobs = string.Join(',', Enumerable.Repeat("[\"k\",\"ot\",1]", 65));
        string wide = Line.Replace("\"entity\": []", $"\"entity\": [{knobs}]", StringComparison.Ordinal);
        AutoTvmLog log = AutoTvmLog.Read([deep, wide, Line]);
        log.Records.Length.ShouldBe(1);
        log.Faults.Length.ShouldBe(2);
        log.Faults[1].ShouldContain("65 knobs");
    }

    private string Write(string text, bool zipped)
    {
        string path = Path.Combine(folder, zipped ? "a.log.gz" : "a.log");
        using Stream file = File.Create(path);
        using Stream stream = zipped ? new GZipStream(file, CompressionLevel.Optimal) : file;
        stream.Write(Encoding.Latin1.GetBytes(text));
        return path;
    }
}
