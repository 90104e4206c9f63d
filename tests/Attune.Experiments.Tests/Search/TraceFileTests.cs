using Attune.Experiments.Search;
using Attune.Tuning.Search;

namespace Attune.Experiments.Tests.Search;

public sealed class TraceFileTests : WorkFolder
{
    private static readonly SearchTrace Trace = new(
        "g", "t", "a", 3, [new TracePoint(5, Records.Outcome.Ok, 1.5, 40), new TracePoint(6, Records.Outcome.Crash, null, 10)], 2.5, SearchStop.Patience);

    private string FilePath => PathOf("searches.jsonl");

    [Fact]
    public void What_was_added_is_found_again_under_the_same_key_only()
    {
        using (var file = TraceFile.Open<SearchTrace>(FilePath))
        {
            file.Add("one", Trace);
        }

        using var again = TraceFile.Open<SearchTrace>(FilePath);
        SearchTrace found = again.Find("one").ShouldNotBeNull();
        found.Points.ShouldBe(Trace.Points);
        (found with { Points = [] }).ShouldBe(Trace with { Points = [] });
        again.Find("two").ShouldBeNull();
    }

    [Fact]
    public void A_line_cut_off_in_mid_write_is_dropped_and_the_file_goes_on()
    {
        using (var file = TraceFile.Open<SearchTrace>(FilePath))
        {
            file.Add("one", Trace);
            file.Add("two", Trace);
        }

        byte[] bytes = File.ReadAllBytes(FilePath);
        File.WriteAllBytes(FilePath, bytes[..^7]);
        using (var torn = TraceFile.Open<SearchTrace>(FilePath))
        {
            torn.Find("one").ShouldNotBeNull();
            torn.Find("two").ShouldBeNull();
            torn.Add("three", Trace);
        }

        using var after = TraceFile.Open<SearchTrace>(FilePath);
        after.Find("three").ShouldNotBeNull();
        after.Damaged.ShouldBe(0);
    }

    [Theory]
    [InlineData("no json at all")]
    [InlineData("{\"key\":\"x\"}")]
    [InlineData("{\"key\":\"x\",\"value\":{\"group\":\"g\"}}")]
    [InlineData("{\"key\":\"x\",\"value\":null}")]
    public void A_damaged_line_is_skipped(string line)
    {
        using (var begun = TraceFile.Open<SearchTrace>(FilePath))
        {
            begun.Add("one", Trace);
        }

        File.AppendAllText(FilePath, line + "\n");
        using var file = TraceFile.Open<SearchTrace>(FilePath);
        file.Find("one").ShouldNotBeNull();
        file.Find("x").ShouldBeNull();
        file.Damaged.ShouldBe(1);
    }

    [Theory]
    [InlineData("notes\nand a last line")]
    [InlineData("{\"key\":\"x\"}\n")]
    [InlineData("{\"a\":1}")]
    public void Another_programs_file_is_refused_untouched(string text)
    {
        File.WriteAllText(FilePath, text);
        Should.Throw<Records.Journals.JournalException>(() => TraceFile.Open<SearchTrace>(FilePath)).Failure
            .ShouldBe(Records.Journals.JournalFailure.NotAJournal);
        File.ReadAllText(FilePath).ShouldBe(text);
    }
}
