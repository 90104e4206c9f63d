using Attune.Records;

namespace Attune.Tuning.Tests.Comparison;

public sealed class RaceJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-races-").FullName;

    private string FilePath => Path.Combine(folder, "races.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("notes\nand a last line")]
    [InlineData("{\"key\":\"x\"}\n")]
    [InlineData("{")]
    public void Another_programs_file_is_refused_untouched(string text)
    {
        File.WriteAllText(FilePath, text);
        Should.Throw<JournalException>(() => new RaceJournal(folder)).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(FilePath).ShouldBe(text);
    }

    [Fact]
    public void One_process_at_a_time_writes_and_opening_changes_nothing()
    {
        // The last line was cut off; it is ended by the next one that is written.
        const string text = "{\"key\":\"a\",\"race\":{}}\n{\"key\":\"b\",\"ra";
        File.WriteAllText(FilePath, text);
        using (new RaceJournal(folder))
        {
            Should.Throw<JournalException>(() => new RaceJournal(folder)).Failure.ShouldBe(JournalFailure.InUse);
        }

        File.ReadAllText(FilePath).ShouldBe(text);
    }
}
