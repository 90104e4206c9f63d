using Attune.Records.Journals;

namespace Attune.Records.Tests;

public sealed class RecordMergeTests
{
    [Fact]
    public void Copies_are_dropped_and_contradictions_kept()
    {
        TuningRecord other = Sample.Record(1) with { CompileMs = 99 };
        RecordMerge merged = RecordMerge.Of([Sample.Record(0), Sample.Record(1), Sample.Record(0), other, Sample.Record(0, session: "s2")]);

        merged.Records.Length.ShouldBe(4);
        merged.Duplicates.ShouldBe(1);
        merged.Conflicts.ShouldBe(1);
    }

    [Fact]
    public void Order_of_the_inputs_does_not_matter_and_merging_twice_changes_nothing()
    {
        var random = new Random(23);
        for (int round = 0; round < 50; round++)
        {
            TuningRecord[] records =
            [
                .. Enumerable.Range(0, 40).Select(_ => Sample.Record(random.Next(10), session: $"s{random.Next(3)}") with { CompileMs = random.Next(2) }),
            ];
            TuningRecord[] shuffled = [.. records];
            random.Shuffle(shuffled);

            string[] merged = [.. RecordMerge.Of(records).Records.Select(Sample.Text)];
            RecordMerge.Of(shuffled).Records.Select(Sample.Text).ShouldBe(merged);
            RecordMerge again = RecordMerge.Of(RecordMerge.Of(records).Records);
            again.Records.Select(Sample.Text).ShouldBe(merged);
            again.Duplicates.ShouldBe(0);
            merged.ShouldBe(records.Select(Sample.Text).Distinct(), ignoreOrder: true);
        }
    }

    [Fact]
    public void Files_are_joined_into_one_that_may_be_among_them()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("a"), Sample.Record(0), Sample.Record(1));
        Write(folder.File("b"), Sample.Record(1), Sample.Record(2));

        RecordMerge merged = RecordMerge.Files([folder.File("a"), folder.File("b")], folder.File("a"));

        merged.Duplicates.ShouldBe(1);
        JournalReader.Read(folder.File("a")).Records.Select(record => record.Sequence).ShouldBe([0, 1, 2]);
        File.Exists(folder.File("a.merging")).ShouldBeFalse();
    }

    [Fact]
    public void Files_are_joined_into_a_new_one_in_a_new_folder()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("a"), Sample.Record(0));
        Write(folder.File("b"), Sample.Record(1));
        string target = Path.Combine(folder.File("new"), "all.jsonl");

        RecordMerge.Files([folder.File("a"), folder.File("b")], target).Records.Length.ShouldBe(2);

        JournalReader.Read(target).Records.Select(record => record.Sequence).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_target_in_use_or_a_missing_source_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("a"), Sample.Record(0));
        byte[] before = File.ReadAllBytes(folder.File("a"));
        using (Journal.Open(folder.File("a")))
        {
            Should.Throw<JournalException>(() => RecordMerge.Files([folder.File("a")], folder.File("a"))).Failure.ShouldBe(JournalFailure.InUse);
        }

        Should.Throw<JournalException>(
            () => RecordMerge.Files([folder.File("a"), folder.File("none")], folder.File("a"))).Failure.ShouldBe(JournalFailure.NotFound);
        File.ReadAllBytes(folder.File("a")).ShouldBe(before);
    }

    private static void Write(string path, params TuningRecord[] records)
    {
        using Journal journal = Journal.Open(path);
        foreach (TuningRecord record in records)
        {
            journal.Append(record);
        }
    }
}
