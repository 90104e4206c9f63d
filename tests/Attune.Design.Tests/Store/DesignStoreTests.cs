using System.Collections.Immutable;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Records;
using Attune.Records.Journals;

namespace Attune.Design.Tests.Store;

public sealed class DesignStoreTests : IDisposable
{
    private static readonly DeviceKey Phone = new("phone", "runtime", "fp32", 1, 4, "default", Tuned: false);
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(SpaceText.Tiny);

    [Fact]
    public void What_was_added_is_there_after_opening_again()
    {
        SpacePoint point = space.Sample(new Random(1));
        string id = space.IdOf(point);
        using (DesignStore store = Open())
        {
            store.Add(space, point);
            store.Add(space, point);
            store.Add(Measured(id, 4.5));
            store.Add(new ProfileEntry
            {
                Time = default,
                Device = Phone.ToString(),
                Design = id,
                Units = ImmutableSortedDictionary<string, double>.Empty.Add("a", 1).Add("b", 2),
            });
            store.Add(new ProfileEntry
            {
                Time = default,
                Device = Phone.ToString(),
                Design = "other",
                Units = ImmutableSortedDictionary<string, double>.Empty.Add("a", 3),
            });
            store.Add(new AccuracyEntry { Time = default, Design = id, Source = "me", Value = 71 });
        }

        using DesignStore again = Open();
        again.Damaged.ShouldBe(0);
        again.Design(id)!.Genes.ShouldBe(space.Describe(point));
        again.Measurement(Phone, id)!.Ms.ShouldBe(4.5);
        again.Devices(space.Family).ShouldBe([Phone]);
        again.Units(Phone).Single(unit => unit.Unit == "a").ShouldBe(new UnitTime("a", 2, UnitTimeSource.InModel, 2));
        again.Accuracy("me", id)!.Value.ShouldBe(71);
        File.ReadAllLines(folder.File("s.jsonl")).Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("{\n")]
    [InlineData("{\"kind\":\"design\"}\n{\"kind\":")]
    public void Another_programs_file_is_refused_untouched(string text)
    {
        File.WriteAllText(folder.File("s.jsonl"), text);
        var error = Should.Throw<JournalException>(Open);
        error.Failure.ShouldBe(JournalFailure.NotAJournal);
        error.Next.ShouldContain("--store");
        File.ReadAllText(folder.File("s.jsonl")).ShouldBe(text);
    }

    [Fact]
    public void A_journal_of_tuning_records_is_no_store_and_keeps_its_last_line()
    {
        using (Journal journal = Journal.Open(folder.File("s.jsonl")))
        {
            journal.Append(new TuningRecord
            {
                Task = "conv2d",
                Knobs = new Dictionary<string, string>(),
                Index = 1,
                Outcome = Outcome.Crash,
                TimesMs = [],
                Threads = 1,
                Device = "cpu",
                Tuner = "random",
                Seed = 1,
                Session = "s",
                Sequence = 0,
                Time = DateTimeOffset.UnixEpoch,
            });
        }

        File.AppendAllText(folder.File("s.jsonl"), "{\"v\":1,\"torn");
        byte[] before = File.ReadAllBytes(folder.File("s.jsonl"));
        Should.Throw<JournalException>(Open).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllBytes(folder.File("s.jsonl")).ShouldBe(before);
    }

    [Fact]
    public void A_design_that_does_not_run_is_a_result_without_latency()
    {
        using DesignStore store = Open();
        store.Add(Measured("x", null) with { Status = MeasurementStatus.Unsupported, Message = "no kernel" });
        store.Devices(space.Family).ShouldBeEmpty();
        store.Measurement(Phone, "x")!.Message.ShouldBe("no kernel");
        store.Measurement(Phone, "x")!.Ms.ShouldBeNull();
    }

    [Fact]
    public void The_later_of_two_measurements_counts()
    {
        using (DesignStore store = Open())
        {
            store.Add(Measured("x", 4));
            store.Add(Measured("x", 5));
        }

        using DesignStore again = Open();
        again.Measurement(Phone, "x")!.Ms.ShouldBe(5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    public void A_torn_line_is_cut_off_and_nothing_else_is_lost(int missing)
    {
        using (DesignStore store = Open())
        {
            store.Add(Measured("x", 4));
            store.Add(Measured("y", 5));
        }

        byte[] all = File.ReadAllBytes(folder.File("s.jsonl"));
        File.WriteAllBytes(folder.File("s.jsonl"), all[..^missing]);
        using (DesignStore store = Open())
        {
            store.Measurement(Phone, "x")!.Ms.ShouldBe(4);
            store.Measurement(Phone, "y").ShouldBeNull();
            store.Add(Measured("z", 6));
        }

        using DesignStore again = Open();
        again.Damaged.ShouldBe(0);
        again.Measurement(Phone, "z")!.Ms.ShouldBe(6);
    }

    [Fact]
    public void A_damaged_line_is_skipped_and_counted()
    {
        using (DesignStore store = Open())
        {
            store.Add(Measured("w", 6));
            store.Add(Measured("x", 4));
            store.Add(Measured("y", 5));
        }

        string[] lines = File.ReadAllLines(folder.File("s.jsonl"));
        File.WriteAllText(folder.File("s.jsonl"), $"{lines[0]}\n{lines[1].Replace('4', '3')}\n{lines[2]}\n");
        using DesignStore again = Open();
        again.Damaged.ShouldBe(1);
        again.Measurement(Phone, "x").ShouldBeNull();
        again.Measurement(Phone, "y")!.Ms.ShouldBe(5);
    }

    [Fact]
    public void A_damaged_first_line_proves_nothing_and_the_file_is_left_alone()
    {
        using (DesignStore store = Open())
        {
            store.Add(Measured("x", 4));
            store.Add(Measured("y", 5));
        }

        string text = File.ReadAllText(folder.File("s.jsonl"));
        text = text[..10] + '#' + text[11..];
        File.WriteAllText(folder.File("s.jsonl"), text);
        Should.Throw<JournalException>(Open).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(folder.File("s.jsonl")).ShouldBe(text);
    }

    [Fact]
    public void Other_files_are_refused_and_left_as_they_are()
    {
        File.WriteAllText(folder.File("s.jsonl"), "my diary\n");
        Should.Throw<JournalException>(Open).Failure.ShouldBe(JournalFailure.NotAJournal);
        File.ReadAllText(folder.File("s.jsonl")).ShouldBe("my diary\n");
    }

    [Fact]
    public void A_newer_schema_is_refused()
    {
        using (DesignStore store = Open())
        {
            store.Add(Measured("x", 4) with { Schema = 2 });
        }

        Should.Throw<JournalException>(Open).Failure.ShouldBe(JournalFailure.NewerSchema);
    }

    [Fact]
    public void One_process_writes_at_a_time()
    {
        using DesignStore store = Open();
        Should.Throw<JournalException>(Open).Failure.ShouldBe(JournalFailure.InUse);
    }

    public void Dispose() => folder.Dispose();

    private DesignStore Open() => DesignStore.Open(folder.File("s.jsonl"), TimeProvider.System);

    private MeasurementEntry Measured(string design, double? ms) =>
        new() { Time = default, Design = design, Family = space.Family, Device = Phone.ToString(), Status = MeasurementStatus.Ok, Ms = ms };
}
