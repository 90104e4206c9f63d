using Attune.Experiments.Transfer;
using Attune.Tuning.Recorded;

namespace Attune.Experiments.Tests.Transfer;

public sealed class HistoryFilesTests : WorkFolder
{
    [Fact]
    public void Recorded_devices_are_history()
    {
        HistoryFiles history = HistoryFiles.Read(["recorded:" + Write("a", 1)]).Value.ShouldNotBeNull();
        history.History.Tasks.ShouldHaveSingleItem().Observations.Length.ShouldBe(16);
        history.Summary.ShouldStartWith("1 task, 16 trials");
    }

    [Fact]
    public void What_cannot_be_learnt_from_is_an_error()
    {
        HistoryFiles.Read(["recorded:" + PathOf("none.csv")]).Error.ShouldBeOfType<RecordingUnusable>().Error.Failure.ShouldBe(RecordedSetFailure.Unreadable);
        File.WriteAllText(PathOf("small.csv"), "tile,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,1,0.01,100,200\n2,ok,2,0.01,100,200\n");
        HistoryFiles.Read(["recorded:" + PathOf("small.csv")]).Error.ShouldBeOfType<NothingToLearn>().Message.ShouldContain("small.csv");
        File.WriteAllText(Write("b", 1) + ".json", "{ damaged");
        HistoryFiles.Read(["recorded:" + PathOf("b.csv")]).Error.ShouldBeOfType<OriginDamaged>().Message.ShouldContain("b.csv");
    }

    [Fact]
    public void A_device_learns_from_the_others_together_or_one_by_one()
    {
        RecordedSet files = RecordedSet.Open([Write("a", 1), Write("b", 2), Write("c", 3)]).Value.ShouldNotBeNull();
        TransferSpaces.Cold(files).Spaces.ShouldAllBe(space => space.History == null);
        TransferSpaces.FromOthers(files).Value.ShouldNotBeNull().Spaces.Select(space => space.History!.Tasks.Length).ShouldBe([2, 2, 2]);
        TransferSpaces.FromEach(files).Value.ShouldNotBeNull().Spaces.Select(space => space.Name)
            .ShouldBe(["a from b", "a from c", "b from a", "b from c", "c from a", "c from b"]);
    }

    [Fact]
    public void A_device_learns_nothing_from_its_own_recording()
    {
        RecordedSet files = RecordedSet.Open([Write("a", 1), Write("b", 2)]).Value.ShouldNotBeNull();
        TransferSpaces spaces = TransferSpaces.FromFiles(files, ["recorded:" + PathOf("a.csv")]).Value.ShouldNotBeNull();
        spaces.Spaces[0].History.ShouldBeNull();
        spaces.Spaces[1].History.ShouldNotBeNull();
        spaces.Notes.ShouldContain(note => note.StartsWith("a: its own recording"));
        TransferSpaces.FromFiles(files, ["recorded:" + PathOf("none.csv")]).Error.ShouldBeOfType<RecordingUnusable>();
    }

    private string Write(string name, int shift)
    {
        IEnumerable<string> rows = Enumerable.Range(0, 16).Select(i => $"{1 << (i % 4)},{1 << (i / 4)},ok,{1 + Math.Abs((i % 4) - shift)},0.01,100,200");
        File.WriteAllLines(PathOf(name + ".csv"), ["x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms", .. rows]);
        return PathOf(name + ".csv");
    }
}
