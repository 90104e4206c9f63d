using Attune.Records.Journals;
using Attune.Records.Lines;
using Attune.Tuning.Comparison;

namespace Attune.Tuning.Tests.Comparison;

public sealed class RaceJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-races-").FullName;

    private const string Plain =
        "{\"key\":\"a\",\"race\":{\"space\":\"s\",\"tuner\":\"t\",\"seed\":1,\"curve\":[0.25,1],"
        + "\"failures\":0,\"deviceSeconds\":1.5,\"thinkingSeconds\":0.5}}\n";

    private string FilePath => Path.Combine(folder, "races.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("notes\nand a last line")]
    [InlineData("{\"key\":\"x\"}\n")]
    [InlineData("{")]
    public void Another_programs_file_is_refused_untouched(string text)
    {
        File.WriteAllText(FilePath, text);
        Should.Throw<JournalException>(() => RaceJournal.Open(folder)).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(FilePath).ShouldBe(text);
    }

    [Fact]
    public void One_process_at_a_time_writes_and_opening_changes_nothing()
    {
        // As an earlier version wrote it, without checksums; the last line was cut off.
        const string text = Plain + "{\"key\":\"b\",\"ra";
        File.WriteAllText(FilePath, text);
        using (RaceJournal.Open(folder))
        {
            Should.Throw<JournalException>(() => RaceJournal.Open(folder)).Failure.ShouldBe(JournalFailure.InUse);
        }

        File.ReadAllText(FilePath).ShouldBe(text);
    }

    [Fact]
    public void A_journal_of_an_earlier_version_is_read_and_continued()
    {
        File.WriteAllText(FilePath, Plain + "{\"key\":\"b\",\"ra");
        var race = new TunerRace("s", "t", 2, [0.5, 0.75], 1, 2.5, 0.25);
        using (KeyedLog<TunerRace> journal = RaceJournal.Open(folder))
        {
            journal.Find("a").ShouldNotBeNull().Curve.ShouldBe([0.25, 1]);
            journal.Find("b").ShouldBeNull();
            journal.Add("b", race);
        }

        File.ReadAllText(FilePath).ShouldStartWith(Plain + "{\"key\":\"b\",\"race\":{");
        using KeyedLog<TunerRace> again = RaceJournal.Open(folder);
        again.Find("a").ShouldNotBeNull();
        again.Find("b").ShouldNotBeNull().ShouldSatisfyAllConditions(found => found.Curve.ShouldBe(race.Curve), found => found.DeviceSeconds.ShouldBe(2.5));
        again.Damaged.ShouldBe(0);
    }

    [Fact]
    public void A_changed_digit_and_a_search_without_results_do_not_count()
    {
        using (KeyedLog<TunerRace> journal = RaceJournal.Open(folder))
        {
            journal.Add("a", new TunerRace("s", "t", 2, [0.5], 1, 2.5, 0.25));
            journal.Add("b", new TunerRace("s", "t", 2, [0.125], 1, 2.5, 0.25));
        }

        File.WriteAllText(FilePath, File.ReadAllText(FilePath).Replace("0.125", "0.126") + "{\"key\":\"c\",\"race\":{}}\n");
        using KeyedLog<TunerRace> again = RaceJournal.Open(folder);
        again.Find("a").ShouldNotBeNull();
        again.Find("b").ShouldBeNull();
        again.Find("c").ShouldBeNull();
        again.Damaged.ShouldBe(2);
    }
}
