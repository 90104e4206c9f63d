using System.Collections.Immutable;
using Attune.Compile.Conformance;
using Attune.Graph.Conformance;
using Attune.Measuring.Workers;

namespace Attune.Compile.Tests.Conformance;

public sealed class ConformanceCrewTests
{
    private static readonly ImmutableArray<ConformanceCase> Tests = [new("test_a", "/a"), new("test_b", "/b"), new("test_c", "/c")];

    [Fact]
    public async Task A_test_that_ends_its_process_fails_and_the_others_keep_their_verdicts()
    {
        ConformanceReport report = await Run("""*'"Test":"test_b"'*) echo bad memory >&2; kill -SEGV $$;;""");
        report.Verdicts.Select(verdict => (verdict.Test, verdict.Status)).ShouldBe(
            [("test_a", ConformanceStatus.Passed), ("test_b", ConformanceStatus.Failed), ("test_c", ConformanceStatus.Passed)]);
        report.Verdicts[1].Reason.ShouldContain("segmentation fault");
        report.Verdicts[1].Reason.ShouldContain("bad memory");
    }

    [Fact]
    public async Task A_test_that_does_not_answer_fails_and_the_others_keep_their_verdicts()
    {
        ConformanceReport report = await Run("""*'"Test":"test_a"'*) sleep 600;;""", TimeSpan.FromMilliseconds(300));
        report.Verdicts.Select(verdict => verdict.Status).ShouldBe([ConformanceStatus.Failed, ConformanceStatus.Passed, ConformanceStatus.Passed]);
        report.Verdicts[0].Reason.ShouldContain("did not answer");
    }

    [Fact]
    public async Task A_garbled_answer_is_a_failure()
    {
        ConformanceReport report = await Run("""*'"Test":"test_c"'*) echo nonsense;;""");
        report.Verdicts[2].Status.ShouldBe(ConformanceStatus.Failed);
        report.Verdicts[2].Reason.ShouldContain("nonsense");
        report.Passed.ShouldBe(2);
    }

    [Fact]
    public void An_infinite_error_survives_the_way_to_the_parent()
    {
        var verdict = new ConformanceVerdict(
            "test_a", "reference", ConformanceStatus.Failed, string.Empty, "two\nlines", double.PositiveInfinity)
        { Kernels = 3 };
        string line = ConformanceRequest.Encode(verdict);
        line.ShouldNotContain('\n');
        ConformanceRequest.DecodeVerdict(line).ShouldBe(verdict);
    }

    /// <summary>Runs the tests on a worker that passes everything but what one case of its script says.</summary>
    private static Task<ConformanceReport> Run(string exception, TimeSpan? timeout = null)
    {
        string passed = """{"Test":"'"$name"'","Path":"reference","Status":0,"Operator":"","Reason":"","MaxError":0,"Kernels":0}""";
        string script = $"while read -r line; do name=${{line#*Test\\\":\\\"}}; name=${{name%%\\\"*}}; case \"$line\" in {exception} *) echo "
            + $"'{passed}';; esac; done";
        return new ConformanceCrew(new WorkerCommand("/bin/sh", ["-c", script]), TimeProvider.System) { Timeout = timeout ?? TimeSpan.FromMinutes(1) }
            .RunAsync(Tests, ["reference"], _ => { }, CancellationToken.None);
    }
}
