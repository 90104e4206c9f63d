using Attune.Experiments.Recording;
using Attune.Experiments.Setup;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Recorded;

namespace Attune.Experiments.Tests.Recording;

public sealed class SpaceRecorderTests : WorkFolder
{
    private static readonly ExperimentTask Bowl12 = Bowl.Task();
    private static readonly RecordedOrigin Origin = new("bowl", "cpu", 1, 2, Bowl12.SpaceSignature, 1);

    private string FilePath => PathOf("space.csv");

    [Fact]
    public async Task A_recorded_space_is_a_recorded_device()
    {
        var measurer = new BowlMeasurer();
        await RecordAsync(measurer, 1000);
        var device = RecordedDevice.Load(FilePath);
        device.Points.ShouldBe(144);
        device.BestMs.ShouldBe(1);
        long point = device.Space.Find(new Dictionary<string, string> { ["x"] = "5", ["y"] = "4" })!.Value.Index;
        device.Measure(point).MedianMs.ShouldBe(1.05);
        device.CostOf(point).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(2);
        device.Measure(device.Space.Find(new Dictionary<string, string> { ["x"] = "8", ["y"] = "4" })!.Value.Index).Outcome.ShouldBe(Outcome.Crash);
        measurer.Asked.ShouldAllBe(request => request.BestMs == null, "nothing may be cut short");
    }

    [Fact]
    public async Task Recording_goes_on_where_it_stopped_and_measures_nothing_twice()
    {
        await RecordAsync(new BowlMeasurer(), 20);
        byte[] bytes = File.ReadAllBytes(FilePath);
        File.WriteAllBytes(FilePath, bytes[..^3]);
        var second = new BowlMeasurer();
        await RecordAsync(second, 50);
        second.Asked.Count.ShouldBe(50 - 19);
        RecordedDevice.Load(FilePath).Points.ShouldBe(50);
    }

    [Fact]
    public void The_order_begins_with_the_default_and_does_not_depend_on_the_limit()
    {
        long[] all = [.. SpaceRecorder.Order(Bowl12.Tuning.Space, 7, 1000, 1)];
        all[0].ShouldBe(7);
        all.Distinct().Count().ShouldBe(144);
        SpaceRecorder.Order(Bowl12.Tuning.Space, 7, 30, 1).ShouldBe(all[..30]);
    }

    [Fact]
    public void A_file_of_another_task_is_never_continued()
    {
        RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space).Dispose();
        Should.Throw<InvalidDataException>(
            () => RecordedSpaceFile.Open(FilePath, Origin with { Task = "other" }, Bowl12.Tuning.Space)).Message.ShouldContain("other");
        Should.Throw<InvalidDataException>(
            () => RecordedSpaceFile.Open(FilePath, Origin with { Template = 3 }, Bowl12.Tuning.Space)).Message.ShouldContain("templates 3");
        File.Delete(FilePath + ".json");
        Should.Throw<InvalidDataException>(() => RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space)).Message.ShouldContain("does not");
    }

    [Theory]
    [InlineData("{\"theirs\": 1}")]
    [InlineData("no json")]
    [InlineData("[1]")]
    public void A_second_file_of_another_program_is_not_replaced(string text)
    {
        File.WriteAllText(FilePath + ".json", text);
        Should.Throw<InvalidDataException>(() => RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space)).Message.ShouldContain(FilePath + ".json");
        File.ReadAllText(FilePath + ".json").ShouldBe(text);
        File.Exists(FilePath).ShouldBeFalse();
    }

    [Theory]
    [InlineData("x,z,status\n", "line 1")]
    [InlineData("x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,2,ok,1,0,1,1\n1,99,ok,1,0,1,1\n", "line 3")]
    [InlineData("x,y,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1\n", "line 2")]
    public void A_damaged_file_is_refused_with_the_line(string text, string where)
    {
        RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space).Dispose();
        File.WriteAllText(FilePath, text);
        Should.Throw<InvalidDataException>(() => RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space)).Message.ShouldContain(where);
    }

    [Fact]
    public async Task Where_nothing_works_recording_ends_with_the_cause()
    {
        ExperimentTask large = Bowl.Task(side: 100);
        using var file = RecordedSpaceFile.Open(FilePath, Origin with { Space = large.SpaceSignature }, large.Tuning.Space);
        var measurer = new BowlMeasurer { Broken = "no such instruction" };
        FailureTally tally = await new SpaceRecorder(measurer, TimeProvider.System).RunAsync(
            large.Tuning, file, 1, 10_000, 1, _ => { }, CancellationToken.None);
        tally.NothingWorked.ShouldBeTrue();
        tally.All.ShouldBe(SpaceRecorder.HopelessFailures);
        tally.FirstMessage.ShouldBe("no such instruction");
        tally.Count(Outcome.Crash).ShouldBe(tally.All);
    }

    private async Task RecordAsync(BowlMeasurer measurer, int limit)
    {
        using var file = RecordedSpaceFile.Open(FilePath, Origin, Bowl12.Tuning.Space);
        await new SpaceRecorder(measurer, TimeProvider.System).RunAsync(Bowl12.Tuning, file, 1, limit, 1, _ => { }, CancellationToken.None);
    }

    private sealed class BowlMeasurer : IMeasurer
    {
        public List<MeasureRequest> Asked { get; } = [];

        public string? Broken { get; init; }

        public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
        {
            Asked.Add(request);
            return Task.FromResult(Broken is null ? Bowl.Measure(Bowl12.Tuning.Space, request.Index) : MeasureResult.Failed(Outcome.Crash, Broken));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
