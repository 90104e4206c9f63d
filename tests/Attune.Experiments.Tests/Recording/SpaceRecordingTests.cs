using Attune.Experiments.Recording;
using Attune.Experiments.Setup;
using Attune.Measuring.Workers;

namespace Attune.Experiments.Tests.Recording;

public sealed class SpaceRecordingTests : WorkFolder
{
    private static readonly ExperimentTask Bowl12 = Bowl.Task();

    [Fact]
    public async Task A_file_of_another_recording_is_an_error_and_stays_as_it_is()
    {
        string path = PathOf("space.csv");
        RecordedSpaceFile.Open(path, new RecordedOrigin("other", "cpu", 1, 2, Bowl12.SpaceSignature, 1), Bowl12.Tuning.Space).Dispose();
        byte[] before = File.ReadAllBytes(path);
        string error = (await Recording(path).RunAsync(_ => { }, CancellationToken.None)).Error.ShouldNotBeNull();
        error.ShouldContain("holds another recording");
        File.ReadAllBytes(path).ShouldBe(before);
    }

    [Fact]
    public async Task A_recording_that_is_cancelled_has_an_outcome()
    {
        var cancelled = new CancellationToken(canceled: true);
        SpaceRecordingOutcome outcome = (await Recording(PathOf("space.csv")).RunAsync(_ => { }, cancelled)).Value.ShouldNotBeNull();
        outcome.WasStopped.ShouldBeTrue();
        (outcome.Configurations, outcome.Measured, outcome.Tally.All).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Tasks_are_meant_by_their_number_their_key_or_a_part_of_their_name()
    {
        NetworkTasks.Matching([Bowl12, Bowl12], "2").ShouldBe([Bowl12]);
        NetworkTasks.Matching([Bowl12], "2").ShouldBeEmpty();
        NetworkTasks.Matching([Bowl12], "0").ShouldBeEmpty();
        NetworkTasks.Matching([Bowl12], Bowl12.Tuning.Key).ShouldBe([Bowl12]);
        NetworkTasks.Matching([Bowl12, Bowl12], Bowl12.Tuning.Name[1..].ToUpperInvariant()).Length.ShouldBe(2);
        NetworkTasks.Matching([Bowl12], "no such task").ShouldBeEmpty();
    }

    // A program that is not there: nothing of this may start it.
    private static SpaceRecording Recording(string path) =>
        new(Bowl12, new SpaceRecordingOptions { Path = path, Worker = new WorkerCommand("/nowhere/worker", []), Threads = 1 }, TimeProvider.System);
}
