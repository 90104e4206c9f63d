using Attune.Tuning.Recorded;

namespace Attune.Tuning.Tests.Recorded;

public sealed class RecordedSetTests : IDisposable
{
    private const string Good = "tile,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,ok,2,0.01,100,200\n2,ok,1,0.01,100,200\n4,compile_error,0,0,100,0\n";
    private readonly string folder = Directory.CreateTempSubdirectory("attune-recorded-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_are_named_with_or_without_prefix_and_by_wildcards()
    {
        (string a, string b) = (Write("a.csv", Good), Write("b.csv", Good.Replace("2,ok,1,", "2,ok,3,")));
        RecordedSet set = RecordedSet.Open(["recorded:" + Path.Combine(folder, "*.csv"), a]).Value.ShouldNotBeNull();
        set.Paths.ShouldBe([a, b]);
        set.Devices.Select(device => device.BestMs).ShouldBe([1, 2]);
        RecordedSet.Open([a]).Value!.Signature.ShouldNotBe(RecordedSet.Open([b]).Value!.Signature);
        RecordedSet.Open([b, a]).Value!.Devices.Length.ShouldBe(2);
    }

    [Fact]
    public void A_device_on_which_nothing_works_is_left_out()
    {
        string bad = Write("bad.csv", "tile,status,time_ms,time_sd_ms,compile_ms,benchmark_ms\n1,compile_error,0,0,100,0\n");
        RecordedSet set = RecordedSet.Open([Write("a.csv", Good), bad]).Value.ShouldNotBeNull();
        set.Devices.Length.ShouldBe(1);
        set.Warnings.ShouldContain(warning => warning.Contains("none of which works"));
        RecordedSetError error = RecordedSet.Open([bad]).Error.ShouldNotBeNull();
        error.Failure.ShouldBe(RecordedSetFailure.Malformed);
        error.Details.ShouldContain(detail => detail.Contains("none of which works"));
    }

    [Fact]
    public void What_cannot_be_used_says_why()
    {
        FailureOf(Path.Combine(folder, "none.csv")).ShouldBe(RecordedSetFailure.Unreadable);
        FailureOf(Path.Combine(folder, "*.csv")).ShouldBe(RecordedSetFailure.Unreadable);
        FailureOf(Write("text.csv", "nothing of use")).ShouldBe(RecordedSetFailure.Malformed);
        string below = Directory.CreateDirectory(Path.Combine(folder, "below")).FullName;
        FailureOf(Write("a.csv", Good), Write(Path.Combine(below, "a.csv"), Good)).ShouldBe(RecordedSetFailure.SameName);
    }

    private static RecordedSetFailure FailureOf(params string[] names) => RecordedSet.Open(names).Error.ShouldNotBeNull().Failure;

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
