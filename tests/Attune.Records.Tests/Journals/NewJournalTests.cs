using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

/// <summary>A journal that is to be a new one takes the place of no other.</summary>
public sealed class NewJournalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Where_nothing_is_a_journal_can_be_made()
    {
        JournalFile.RequireNew(folder.File("none.jsonl"));
        string empty = folder.File("empty.jsonl");
        File.WriteAllBytes(empty, []);
        JournalFile.RequireNew(empty);
        File.ReadAllBytes(empty).ShouldBeEmpty();
        File.Exists(folder.File("none.jsonl")).ShouldBeFalse();
    }

    [Fact]
    public void Records_that_are_there_are_told_of_with_how_to_join_them()
    {
        string path = folder.File("a.jsonl");
        JournalFile.Replace(path, () => [Sample.Record()]);
        byte[] before = File.ReadAllBytes(path);
        JournalException refused = Should.Throw<JournalException>(() => JournalFile.RequireNew(path));
        refused.Failure.ShouldBe(JournalFailure.Exists);
        refused.Message.ShouldContain(path);
        refused.Next.ShouldContain("attune records merge");
        File.ReadAllBytes(path).ShouldBe(before);
    }

    [Fact]
    public void Anything_else_is_refused_as_no_journal()
    {
        string path = folder.File("notes");
        File.WriteAllText(path, "notes");
        Should.Throw<JournalException>(() => JournalFile.RequireNew(path)).Failure.ShouldBe(JournalFailure.NotAJournal);
    }
}
