using System.Text.Json;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Graph.Building;
using Attune.Graph.Npy;
using Attune.Kernels;

namespace Attune.Cli.Tests.Quantise;

public sealed class QuantizeCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public QuantizeCommandTests()
    {
        var random = new Random(4);
        var b = new NetworkBuilder("pair", 13);
        string Weights(string name, params long[] extents)
        {
            var shape = Shape.Of(extents);
            return b.Constant(name, Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.NextSingle() - 0.5f)]));
        }

        string hidden = b.Add("Relu", "relu", [b.Add("Gemm", "first", [b.Input("x", 1, 8), Weights("w1", 8, 32)])]);
        b.Add("Gemm", "second", [hidden, Weights("w2", 32, 4), Weights("b2", 4)], ["y"]);
        b.Output("y");
        OnnxWriter.Write(b.Build(), Path("pair.onnx"));
        Directory.CreateDirectory(Path("samples"));
        Write("samples/a.npy", Tensor.Of(Shape.Of(10, 8), Enumerable.Range(0, 80).Select(_ => random.NextSingle() - 0.5f).ToArray()));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_report_tells_layers_bytes_and_cost()
    {
        CliRun run = await CliRun.Of(
            "quantize", Path("pair.onnx"), "--calibration", Path("samples"), "--exclude", "second", "-o", Path("out.onnx"), "--threads", "1");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        string[] lines = [.. run.Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())];
        lines[0].ShouldBe("Layers   1 of 2 on bytes, 1 activation; calibrated on 8 samples (min-max)");
        lines[1].ShouldStartWith("Weights  1.52 KiB -> ");
        lines[2].ShouldMatch(@"^Cost     error 0\.\d\d % of the output on 2 samples held out; the largest output agrees in \d+\.0 % of 2 answers$");
        lines[3..].ShouldBe(
        [
            string.Empty,
            "in floats  because",
            "second     it is excluded",
            string.Empty,
            $"Wrote   {Path("out.onnx")}",
            $"Next    attune tune {Path("out.onnx")} -o {Path("out.attune")}",
            string.Empty,
        ]);
        OnnxReader.Read(Path("out.onnx")).Value!.Network.Nodes.Count(node => node.Operator == "QuantizeLinear").ShouldBe(1);
    }

    [Fact]
    public async Task With_labels_the_accuracy_of_both_is_told()
    {
        Write("samples/labels.npy", Tensor.Vector([.. Enumerable.Range(0, 10).Select(i => (long)(i % 4))]));
        CliRun run = await CliRun.Of(
            "quantize", Path("pair.onnx"), "--calibration", Path("samples"), "--labels", Path("samples/labels.npy"), "--method", "mse", "-o", Path("out.onnx"),
            "--json");
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        JsonElement cost = run.Json.GetProperty("cost");
        cost.GetProperty("answers").GetInt32().ShouldBe(2);
        cost.GetProperty("float_accuracy").GetDouble().ShouldBeOneOf(0, 0.5, 1);
        cost.GetProperty("accuracy").GetDouble().ShouldBeOneOf(0, 0.5, 1);
        run.Json.GetProperty("layers").GetInt32().ShouldBe(2);
        run.Json.GetProperty("calibration").GetProperty("method").GetString().ShouldBe("mse");
        run.Json.GetProperty("file_bytes").GetInt64().ShouldBe(new FileInfo(Path("out.onnx")).Length);
        run.Json.TryGetProperty("warnings", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Random_numbers_are_taken_only_when_asked_for_and_told()
    {
        CliRun run = await CliRun.Of("quantize", Path("pair.onnx"), "-o", Path("out.onnx"), "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Usage, ErrorCodes.BadValue));
        run.Output.ShouldContain("--calibration random:16");
        run = await CliRun.Of("quantize", Path("pair.onnx"), "--calibration", "random:5", "-o", Path("out.onnx"));
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Output.ShouldContain("calibrated on random numbers, 4 samples (min-max)");
        run.ToString().ShouldContain("warning Calibrated on random numbers: ranges of activations");
    }

    [Theory]
    [InlineData("--method", "minmax", ErrorCodes.BadValue, "Did you mean 'min-max'?")]
    [InlineData("--percentile", "50", ErrorCodes.BadValue, "above 50")]
    [InlineData("--calibration", "random:0", ErrorCodes.BadValue, "from 1 to 10000")]
    [InlineData("--calibration", "nowhere", ErrorCodes.UnfitSamples, "no such folder")]
    [InlineData("--accuracy-budget", "1", ErrorCodes.BadValue, "'1' is no percentage")]
    [InlineData("--accuracy-budget", "-1%", ErrorCodes.BadValue, "no percentage from 0% to below 100%")]
    [InlineData("--accuracy-budget", "120%", ErrorCodes.BadValue, "no percentage from 0% to below 100%")]
    [InlineData("--precision", "mixd", ErrorCodes.BadValue, "There is no precision 'mixd'. Did you mean 'mixed'?")]
    [InlineData("--exclude", "first,thrid", ErrorCodes.BadValue, "no layer 'thrid'")]
    [InlineData("--labels", "nowhere.npy", ErrorCodes.FileAccess, "nowhere.npy")]
    [InlineData("-o", "nowhere/out.onnx", ErrorCodes.FileAccess, "there is no folder")]
    public async Task What_is_wrong_is_told_and_nothing_is_written(string option, string value, string code, string message)
    {
        Dictionary<string, string> options = new() { ["--calibration"] = Path("samples"), ["-o"] = Path("out.onnx") };
        options[option] = value;
        CliRun run = await CliRun.Of(["quantize", Path("pair.onnx"), "--json", .. options.SelectMany(pair => new[] { pair.Key, pair.Value })]);
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Usage, code), run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
        File.Exists(Path("out.onnx")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_network_that_is_quantised_already_is_refused()
    {
        (await CliRun.Of("quantize", Path("pair.onnx"), "--calibration", Path("samples"), "-o", Path("out.onnx"))).Exit.ShouldBe(ExitCode.Done);
        CliRun run = await CliRun.Of("quantize", Path("out.onnx"), "--calibration", Path("samples"), "-o", Path("twice.onnx"), "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Model, ErrorCodes.NotQuantisable));
        run.Output.ShouldContain("quantised already");
        File.Exists(Path("twice.onnx")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_budget_is_kept_or_nothing_is_written()
    {
        string[] command = ["quantize", Path("pair.onnx"), "--calibration", Path("samples"), "-o", Path("out.onnx")];
        CliRun run = await CliRun.Of([.. command, "--accuracy-budget", "60%"]);
        run.Exit.ShouldBe(ExitCode.Done, run.ToString());
        run.Output.ShouldContain("Budget   60 % may be lost, ");
        run.Output.ShouldContain(" % is with all layers on bytes");
        File.Delete(Path("out.onnx"));

        // Pictures are no answers: their error counts, and rounding always makes some.
        var b = new NetworkBuilder("picture", 13);
        string weights = b.Constant("w", Tensor.Of(Shape.Of(1, 1, 1, 1), new[] { 0.3f }));
        b.Output(b.Add("Conv", "y", [b.Input("x", 1, 1, 8, 8), weights]));
        OnnxWriter.Write(b.Build(), Path("picture.onnx"));
        run = await CliRun.Of("quantize", Path("picture.onnx"), "--calibration", "random:5", "-o", Path("out.onnx"), "--accuracy-budget", "0%", "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Gate, ErrorCodes.BudgetNotKept), run.ToString());
        File.Exists(Path("out.onnx")).ShouldBeFalse();
    }

    [Fact]
    public async Task Mixed_precision_keeps_its_budget_and_tells_layers_front_and_latencies_or_writes_nothing()
    {
        CliRun run = await CliRun.Of(
            "quantize", Path("pair.onnx"), "--calibration", Path("samples"), "--precision", "mixed", "--accuracy-budget", "60%", "-o", Path("out.onnx"),
            "--threads", "1");
        if (run.Exit == ExitCode.Gate)
        {
            // So small a network may be no faster on bytes.
            run.ToString().ShouldContain("No network on bytes is faster than pair in floats and within the budget: ");
            File.Exists(Path("out.onnx")).ShouldBeFalse();
        }
        else
        {
            run.Exit.ShouldBe(ExitCode.Done, run.ToString());
            string[] lines = [.. run.Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())];
            lines[3].ShouldStartWith("Budget   60 % may be lost, ");
            lines[4].ShouldMatch(@"^Latency  \S+ .s ± \S+ .s in floats, \S+ .s ± \S+ .s with all layers on bytes, \S+ .s ± \S+ .s as chosen \(predicted ");
            lines[5].ShouldStartWith("Energy   ");
            lines[7].ShouldMatch("^layer +precision +floats +bytes");
            lines[8].ShouldMatch("^first +(f32|i8) ");
            lines[9].ShouldMatch("^second +(f32|i8) ");
            lines[11].ShouldMatch("^front of [1-4] +predicted +error +measured");
            OnnxReader.Read(Path("out.onnx")).Value!.Network.Nodes.ShouldContain(node => node.Operator == "QuantizeLinear");
        }
    }

    [Fact]
    public async Task Mixed_precision_without_any_loss_leaves_floats_and_writes_nothing()
    {
        var b = new NetworkBuilder("picture", 13);
        string weights = b.Constant("w", Tensor.Of(Shape.Of(1, 1, 1, 1), new[] { 0.3f }));
        b.Output(b.Add("Conv", "y", [b.Input("x", 1, 1, 8, 8), weights]));
        OnnxWriter.Write(b.Build(), Path("picture.onnx"));
        CliRun run = await CliRun.Of(
            "quantize", Path("picture.onnx"), "--calibration", "random:5", "-o", Path("out.onnx"), "--precision", "mixed", "--accuracy-budget", "0%", "--json");
        (run.Exit, run.ErrorCode).ShouldBe((ExitCode.Gate, ErrorCodes.BudgetNotKept), run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith("No network on bytes is faster than picture in floats");
        File.Exists(Path("out.onnx")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--precision", "mixed", "and none are given.", "--calibration random:16")]
    [InlineData("--calibration", "samples", "--calibration says how the model is quantised, and nothing asks for that.", "Add --precision mixed")]
    [InlineData("--accuracy-budget", "1%", "--accuracy-budget says how the model is quantised", "leave --accuracy-budget out")]
    [InlineData("--labels", "l.npy", "--labels says how the model is quantised", "leave --labels out")]
    [InlineData("--precision i8 --calibration nowhere", null, "no such folder", "Check the path.")]
    [InlineData("--precision i8 --calibration empty", null, "The folder holds no samples", "float32 arrays")]
    [InlineData("--precision i8 --calibration samples/a.npy --labels samples/a.npy", null, "Labels must be 10 whole numbers", "int64 array")]
    [InlineData("--precision i8 --calibration samples --weights f16", null, "--weights or --compute would change it again", "Leave one of them out.")]
    [InlineData("--precision i8 --calibration samples --compute bf16", null, "--compute would change it again", "Leave one of them out.")]
    [InlineData("--precision i9 --calibration samples", null, "There is no precision 'i9'", "--precision i8 or --precision mixed")]
    [InlineData("--precision mixed --calibration samples --accuracy-budget 100%", null, "'100%' is no percentage", "--accuracy-budget 1%")]
    public async Task A_tune_says_what_is_missing_of_a_precision_before_it_begins(string option, string? value, string message, string next)
    {
        Directory.CreateDirectory(Path("empty"));
        string[] given = value is null ? option.Split(' ') : [option, value];
        CliRun run = await CliRun.Of(
        [
            "tune", Path("pair.onnx"), "--budget", "1trials", "-o", Path("out.attune"), "--records", Path("records.jsonl"), "--json",
            .. given.Select(word => word.StartsWith("samples", StringComparison.Ordinal) || word == "empty" ? Path(word) : word),
        ]);
        run.Exit.ShouldBe(ExitCode.Usage, run.ToString());
        run.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(message);
        run.Json.GetProperty("error").GetProperty("next").GetString()!.ShouldContain(next);
        File.Exists(Path("out.attune")).ShouldBeFalse();
    }

    [Fact]
    public async Task Interrupting_leaves_the_old_file()
    {
        await File.WriteAllTextAsync(Path("out.onnx"), "old");
        var terminal = new Terminal(new StringWriter(), new StringWriter(), interactive: false, colour: false, width: 120);
        ExitCode exit = await new CommandLine(CommandList.All(), TimeProvider.System).RunAsync(
            ["quantize", Path("pair.onnx"), "--calibration", Path("samples"), "-o", Path("out.onnx")], terminal, new CancellationToken(canceled: true));
        exit.ShouldBe(ExitCode.Stopped);
        (await File.ReadAllTextAsync(Path("out.onnx"))).ShouldBe("old");
        Directory.GetFiles(folder.Path).Length.ShouldBe(2);
    }

    private string Path(string name) => System.IO.Path.Combine(folder.Path, name);

    private void Write(string name, Tensor tensor) => NpyFile.Write(Path(name), tensor).ShouldBeNull();
}
