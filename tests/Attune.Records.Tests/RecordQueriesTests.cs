namespace Attune.Records.Tests;

public sealed class RecordQueriesTests
{
    private static readonly TuningRecord[] Records =
    [
        Sample.Record(0, median: 2),
        Sample.Record(1, median: 1),
        Sample.Record(2, median: 0.1, outcome: Outcome.CutShort),
        Sample.Record(3, median: null, outcome: Outcome.Crash),
        Sample.Record(4, median: 0.5) with { Threads = 1 },
        Sample.Record(5, median: 0.25) with { Device = "other" },
        Sample.Record(6, median: null, outcome: Outcome.Invalid, task: "dense"),
    ];

    [Fact]
    public void The_best_is_the_fastest_correct_one_of_the_same_task_threads_and_device()
    {
        RecordQueries.Best(Records, "conv2d", 2, "x64-test").ShouldNotBeNull().Sequence.ShouldBe(1);
        RecordQueries.Best(Records, "dense", 2, "x64-test").ShouldBeNull();
        RecordQueries.BestPerTask(Records).Select(record => record.Sequence).ShouldBe([4, 5, 1]);
    }

    [Fact]
    public void Summaries_count_trials_by_outcome()
    {
        TaskSummary summary = RecordQueries.Summaries(Records).Single(s => s.Task == "conv2d" && s.Threads == 2 && s.Device == "x64-test");
        summary.Trials.ShouldBe(4);
        summary.Outcomes[Outcome.Ok].ShouldBe(2);
        summary.Outcomes.ContainsKey(Outcome.TimeOut).ShouldBeFalse();
        summary.Last.ShouldBe(Records[3].Time);
        RecordQueries.History(Records, "conv2d", 2, "x64-test").Length.ShouldBe(4);
    }

    [Fact]
    public void A_record_of_older_templates_is_never_the_best_beside_newer_ones()
    {
        TuningRecord[] mixed =
        [
            Sample.Record(0, median: 1) with { Template = "direct/1" },
            Sample.Record(1, median: 3) with { Template = "direct/2" },
            Sample.Record(2, median: 2) with { Template = "direct/2" },
        ];
        RecordQueries.Best(mixed, "conv2d", 2, "x64-test").ShouldNotBeNull().Sequence.ShouldBe(2);
        RecordQueries.BestPerTask(mixed).ShouldHaveSingleItem().Sequence.ShouldBe(2);
    }

    [Fact]
    public void A_new_version_of_one_template_leaves_the_records_of_the_others_as_they_are()
    {
        TuningRecord[] mixed =
        [
            Sample.Record(0, median: 1) with { Template = "winograd4/1" },
            Sample.Record(1, median: 2) with { Template = "direct/1" },
            Sample.Record(2, median: 4) with { Template = "winograd4/2" },
        ];
        RecordQueries.Best(mixed, "conv2d", 2, "x64-test").ShouldNotBeNull().Sequence.ShouldBe(1);
        RecordQueries.BestPerTask(mixed).ShouldHaveSingleItem().Sequence.ShouldBe(1);
    }

    [Fact]
    public void A_configuration_with_a_wrong_result_is_never_the_best_whatever_else_is_recorded()
    {
        TuningRecord fast = Sample.Record(0, median: 1) with { Knobs = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        TuningRecord slow = Sample.Record(1, median: 3) with { Knobs = new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" } };

        // Found elsewhere, with other threads, its knobs in another order.
        TuningRecord wrong = Sample.Record(2, median: null, outcome: Outcome.WrongResult) with
        {
            Knobs = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
            Device = "other",
            Threads = 7,
        };
        RecordQueries.Best([fast, slow], "conv2d", 2, "x64-test")!.Sequence.ShouldBe(0);
        RecordQueries.Best([fast, slow, wrong], "conv2d", 2, "x64-test")!.Sequence.ShouldBe(1);
        RecordQueries.Best([wrong, slow, fast], "conv2d", 2, "x64-test")!.Sequence.ShouldBe(1);
        RecordQueries.BestPerTask([fast, slow, wrong]).ShouldHaveSingleItem().Sequence.ShouldBe(1);

        // Another task, or another version of the template, makes another kernel of the same knobs.
        RecordQueries.Best([fast, slow, wrong with { Task = "dense" }], "conv2d", 2, "x64-test")!.Sequence.ShouldBe(0);
        RecordQueries.Best([fast, slow, wrong with { Template = "direct/9" }], "conv2d", 2, "x64-test")!.Sequence.ShouldBe(0);
    }

    [Fact]
    public void Exports_carry_every_record()
    {
        using var csv = new StringWriter();
        RecordExport.WriteCsv(csv, take => Array.ForEach([Records[0], Records[3]], take));
        csv.ToString().ShouldBe(
            "task,threads,device,outcome,median_ms,times_ms,compile_ms,calibration_ms,index,knobs,"
            + "tuner,seed,session,sequence,time,message,template,elapsed_ms\n"
            + "conv2d,2,x64-test,ok,2,2 2.25,1.25,0.5,17,tile=4x4 order=oc-outer,bted+bao,42,s1,0,2026-01-02T03:04:05.0000000+00:00,,direct/1,0\n"
            + "conv2d,2,x64-test,crash,,,1.25,0.5,20,tile=4x4 order=oc-outer,bted+bao,42,s1,3,2026-01-02T03:04:08.0000000+00:00,\"line one\nline \"\"two\"\" "
            + "\u00e9 \u2028\",direct/1,0\n");

        using var json = new MemoryStream();
        RecordExport.WriteJson(json, take => Array.ForEach(Records, take));
        using var document = System.Text.Json.JsonDocument.Parse(json.ToArray());
        document.RootElement.GetArrayLength().ShouldBe(Records.Length);
        document.RootElement[2].GetProperty("outcome").GetString().ShouldBe("cut_short");
    }

    [Theory]
    [InlineData("/a/attune-home", "/b", "/a/attune-home")]
    [InlineData(null, "/b", "/b/attune")]
    [InlineData("", "/b", "/b/attune")]
    public void The_default_folder_follows_the_environment(string? home, string? data, string expected) =>
        RecordFolder.Default(name => name == "ATTUNE_HOME" ? home : name == "XDG_DATA_HOME" ? data : null).ShouldBe(expected);

    [Fact]
    public void A_relative_data_folder_is_ignored_as_its_standard_asks() =>
        RecordFolder.Default(name => name == "XDG_DATA_HOME" ? "relative" : null).ShouldNotContain("relative");
}
