namespace Attune.Bench.Networks.Tests;

public sealed class BenchSessionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-bench-").FullName;
    private readonly ScriptedAttune attune = new();
    private readonly List<string> said = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_row_is_tuned_compared_and_verified_and_kept()
    {
        BenchSession session = await Run(One());
        session.Rows.ShouldHaveSingleItem().Failures.ShouldBeEmpty();
        string[] commands = [.. attune.Asked.Select(asked => asked.Command)];
        string model = Path.Combine(folder, "resnet18-t1-v512-f32");
        commands[2].ShouldBe($"tune zoo:resnet18 --budget 10m --threads 1 --records {model}.jsonl -o {model}.attune");
        commands[3].ShouldBe($"bench {model}.attune --against onnxruntime --threads 1 --duration 20s");
        commands[4].ShouldBe($"verify {model}.attune --model zoo:resnet18 --threads 1");
        attune.Asked.ShouldAllBe(asked => asked.Environment.Count == 0);

        BenchSession later = Session(One());
        later.Recall();
        later.Rows.ShouldHaveSingleItem().Bench.Number("ratio.median").ShouldBe(2);
        Report(later).ShouldBe(Report(session));
    }

    [Fact]
    public async Task Narrower_vectors_and_other_formats_have_their_own_files_and_settings()
    {
        await Run(One() with { Vectors = ["256", "128"], Weights = ["f32", "i8"] });
        attune.Asked.Where(asked => asked.Command.Contains("-v256-")).ShouldAllBe(
            asked => asked.Environment.Count == 1 && asked.Environment["DOTNET_EnableAVX512"] == "0");
        attune.Asked.Where(asked => asked.Command.Contains("-v128-")).ShouldAllBe(
            asked => asked.Environment.Count == 1 && asked.Environment["DOTNET_EnableAVX2"] == "0");
        attune.Asked.Count(asked => asked.Command.StartsWith("tune") && asked.Command.EndsWith("--weights i8")).ShouldBe(2);
        attune.Asked.Count(asked => asked.Command.StartsWith("tune")).ShouldBe(4);
    }

    [Fact]
    public async Task Every_precision_has_files_and_commands_of_its_own()
    {
        await Run(One() with { Precisions = ["f32", "i8", "bf16"] });
        string[] commands = [.. attune.Asked.Select(asked => asked.Command)];
        string[] tunes = [.. commands.Where(command => command.StartsWith("tune", StringComparison.Ordinal))];
        tunes.Length.ShouldBe(3);
        tunes[0].ShouldStartWith("tune zoo:resnet18 ");
        tunes[0].ShouldNotContain("--compute");
        commands.ShouldContain(command => command.StartsWith("quantize zoo:resnet18 ") && command.EndsWith("resnet18-bytes.onnx"));
        tunes[1].ShouldContain("resnet18-bytes.onnx ");
        tunes[2].ShouldStartWith("tune zoo:resnet18 ");
        tunes[2].ShouldEndWith("-bf16.attune --compute bf16");
        One().Problems().ShouldBeEmpty();
        (One() with { Precisions = ["f8"] }).Problems().ShouldHaveSingleItem().ShouldContain("bf16");
    }

    [Fact]
    public async Task What_cannot_be_measured_here_is_skipped_with_a_message()
    {
        attune.Help = "--budget";
        BenchSession session = await Run(One() with { Networks = ["resnet18", "bert_layer"], Threads = [1, 64], Weights = ["f32", "f16"] });
        session.Rows.Select(row => row.Key).ShouldBe([new RowKey("resnet18", 1, 512, "f32")]);
        said.ShouldContain(line => line.Contains("bert_layer"));
        said.ShouldContain(line => line.Contains("threads"));
        said.ShouldContain(line => line.Contains("weights"));
    }

    [Fact]
    public async Task Nothing_to_measure_is_a_mistake() =>
        (await Should.ThrowAsync<BenchFailedException>(() => Run(One() with { Networks = ["resnet19"] }))).Message.ShouldContain("resnet18");

    [Theory]
    [InlineData("tune zoo:alexnet", 1)]
    [InlineData("bench", 2)]
    [InlineData("verify", 2)]
    public async Task A_network_that_fails_does_not_stop_the_others(string failing, int failures)
    {
        attune.FailsOn = failing;
        BenchSession session = await Run(One() with { Networks = ["alexnet", "resnet18"], Weights = ["f32"] });
        session.Rows.Length.ShouldBe(2);
        session.Rows.Sum(row => row.Failures.Length).ShouldBe(failures);
        session.Rows[0].Failures[0].ShouldContain("AT2020");
        Report(session).ShouldContain("alexnet, 1 thread, 512-bit vectors, f32 weights: ");
    }

    [Fact]
    public async Task An_interrupt_keeps_the_rows_that_are_complete()
    {
        attune.InterruptedOn = "tune zoo:resnet18";
        BenchSession session = Session(One() with { Networks = ["alexnet", "resnet18"], Weights = ["f32"] });
        await Should.ThrowAsync<OperationCanceledException>(session.RunAsync);
        session.Rows.ShouldHaveSingleItem().Network.ShouldBe("alexnet");
        BenchSession later = Session(One() with { Networks = ["alexnet", "resnet18"], Weights = ["f32"] });
        later.Recall();
        later.Rows.ShouldHaveSingleItem().Network.ShouldBe("alexnet");
    }

    [Fact]
    public async Task Too_few_runs_are_measured_again_for_longer()
    {
        attune.RunsOfFirstBench = 60;
        BenchSession session = await Run(One());
        string[] benches = [.. attune.Asked.Select(asked => asked.Command).Where(command => command.StartsWith("bench"))];

        // 24 blocks of 6 runs (100 / 24, and one not counted) of 30 ms and 15 % more, 60 ms of pauses in each, and a second.
        benches.Length.ShouldBe(2);
        benches[1].ShouldEndWith("--duration 7.4s");
        session.Rows[0].Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Models_tuned_before_are_taken_on_request()
    {
        await Run(One());
        await File.WriteAllTextAsync(Path.Combine(folder, "resnet18-t1-v512-f32.attune"), "model");
        attune.Asked.Clear();
        BenchSession again = await Run(One() with { Reuse = true });
        attune.Asked.ShouldNotContain(asked => asked.Command.StartsWith("tune"));
        again.Rows[0].Tune.Number("trials").ShouldBe(150);
    }

    [Fact]
    public async Task Results_of_another_machine_are_not_mixed_in()
    {
        await Run(One());
        attune.Fingerprint = "another-machine";
        (await Should.ThrowAsync<BenchFailedException>(Session(One()).RunAsync)).Message.ShouldContain("--out");
    }

    [Fact]
    public void A_report_without_results_says_what_to_do() =>
        Should.Throw<BenchFailedException>(Session(One()).Recall).Message.ShouldContain("--report-only");

    private static string Report(BenchSession session)
    {
        using var text = new StringWriter();
        new MarkdownReport(session.Results!, session.Rows).Write(text, perLayer: true);
        return $"{text}";
    }

    private async Task<BenchSession> Run(BenchOptions options)
    {
        BenchSession session = Session(options);
        await session.RunAsync();
        return session;
    }

    private BenchSession Session(BenchOptions options) => new(attune, options, new BenchOrigin("Linux", "abc", "bench/run"), TimeProvider.System, said.Add);

    private BenchOptions One() => new() { Networks = ["resnet18"], Threads = [1], Vectors = ["widest"], Output = folder };
}
