using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Bench;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cli.Profiling;
using Attune.Compile.Diagnostics;
using Attune.Compile.Models;
using Attune.Compile.Opponents;
using Attune.Devices.Files;
using Attune.Measuring.Bench;
using Attune.Measuring.Peers;
using Attune.Measuring.Probes;
using Attune.Runtime;

namespace Attune.Cli.Commands;

/// <summary><c>attune bench</c>: latency, alone or in alternating blocks against a peer.</summary>
internal sealed class BenchCommand : CliCommand
{
    private const string OnnxRuntime = "onnxruntime";
    private const int TracedRuns = 5;

    private readonly Argument<string> model = RunnableModelArgument.Make();
    private readonly Option<string?> against = new("--against")
    {
        Description = "onnxruntime, another .attune file, an ONNX file or zoo:NAME (with default configurations).",
        HelpName = "PEER",
    };
    private readonly Option<string?> device = DeviceArgument.AsTuned();
    private readonly Option<int?> threads = SharedOptions.ThreadsAsTuned();
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<string?> weights = SharedOptions.WeightsAsStored();
    private readonly Option<string> duration = new("--duration")
    {
        Description = "About how long to measure, for example 20s.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "20s",
    };
    private readonly Option<double?> gate = new("--fail-if-slower")
    {
        Description = "Exit with 5 when slower than the peer by more than PERCENT (default 0).",
        HelpName = "PERCENT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> original = new("--model")
    {
        Description = "The ONNX file for the peer, when the .attune file was made from one that has moved.",
        HelpName = "MODEL",
    };

    private readonly Option<bool> profile = new("--profile")
    {
        Description = "Then show every layer: time, GFLOP/s, GB/s, share of the roofline, algorithm, waiting.",
    };
    private readonly Option<string?> trace = new("--trace")
    {
        Description = $"Write the last {TracedRuns} profiled runs as a trace for ui.perfetto.dev or chrome://tracing.",
        HelpName = "FILE.json",
    };

    public BenchCommand()
        : base(
            "bench",
            "Measure latency, alone or in alternating blocks against a peer.",
            "attune bench mobilenet.attune --against onnxruntime --threads 2",
            "attune bench mobilenet.attune --against zoo:mobilenet_v1 --fail-if-slower 2",
            "attune bench mobilenet.attune --profile --trace mobilenet-trace.json")
    {
        Command.Arguments.Add(model);
        Command.Options.Add(against);
        Command.Options.Add(device);
        Command.Options.Add(threads);
        Command.Options.Add(shape);
        Command.Options.Add(weights);
        Command.Options.Add(duration);
        Command.Options.Add(gate);
        Command.Options.Add(original);
        Command.Options.Add(profile);
        Command.Options.Add(trace);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        TimeSpan time = Budget.Duration(invocation.Value(duration)!)
            ?? throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"'{invocation.Value(duration)}' is no duration.", "Write --duration 20s.");
        bool gated = invocation.Arguments.GetResult(gate) is not null;
        if (gated && invocation.Value(against) is null)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.Arguments, "--fail-if-slower needs a peer.", "Add --against onnxruntime, or another model.");
        }

        if (invocation.Value(trace) is { } target)
        {
            TargetFile.Check(target, "--trace");
        }

        using RunnableModel ours = RunnableModelArgument.Load(
            invocation.Value(model)!, invocation.Value(threads), invocation.Value(shape)!, invocation.Value(weights),
            DeviceArgument.Named(invocation.Value(device)));
        if (CoverageText.Warning(ours.Coverage) is { } slow)
        {
            invocation.Progress.Announce($"warning {slow}");
        }

        await using var contender = new CompiledContender(ours.Name, ours.Compiled, invocation.Clock);
        await using Opponent? opponent = invocation.Value(against) switch
        {
            null => null,
            OnnxRuntime => await Opponents.OnnxRuntimeAsync(ours, invocation.Value(original), invocation.Cancellation),
            { } other => Opponents.Model(other, ours, invocation.Value(shape)!, invocation.Clock),
        };
        BenchTimes times = await new InterleavedBench(
            invocation.Clock, block => invocation.Progress.Report(BenchText.Of(block))).RunAsync(contender, opponent?.Contender, time, invocation.Cancellation);
        LoadFigures[] loads = await LoadsAsync(invocation, ours, opponent, time / 4);
        return Result(
            invocation,
            ours,
            loads,
            opponent?.Contender,
            times,
            Profile(invocation, ours, time, times.Ours.Median),
            gated ? invocation.Value(gate) ?? 0 : null);
    }

    private async Task<LoadFigures[]> LoadsAsync(Invocation invocation, RunnableModel model, Opponent? opponent, TimeSpan time)
    {
        string source = invocation.Value(this.model)!;
        Func<CancellationToken, Task<PeerProcess>> ours = stop => Opponents.FreshModelAsync(source, model, stop);
        try
        {
            return await new LoadBench(invocation.Clock, round => invocation.Progress.Report($"bench   load, process {round} of each side")).RunAsync(
                opponent is null ? [ours] : [ours, stop => Opponents.FreshAsync(opponent, stop)], time, invocation.Cancellation);
        }
        catch (PeerFailedException failed)
        {
            throw new CommandFailedException(
                ExitCode.Device,
                ErrorCodes.PeerFailed,
                $"Loading in a fresh process failed: {failed.Message}",
                "Run it again; if it fails again: attune check MODEL");
        }
    }

    // A quarter of the benchmark's time, within reason; the peaks of the machine are measured right before, since its clock may have changed.
    private ModelProfile? Profile(Invocation invocation, RunnableModel ours, TimeSpan time, double medianMs)
    {
        string? target = invocation.Value(trace);
        if (!invocation.Value(profile) && target is null)
        {
            return null;
        }

        invocation.Progress.Report("bench   measuring the machine, then every layer");
        MachineSpeed speed = RunnableModelArgument.Speed(ours, invocation);
        int runs = (int)Math.Clamp(time.TotalMilliseconds / 4 / Math.Max(medianMs, 1e-3), TracedRuns, 200);
        (ModelProfile layers, RunRecording recording) = ModelProfile.Of(ours.Compiled, speed, runs);
        if (target is not null)
        {
            AtomicFile.Write(target, stream => new ChromeTrace(ours.Name, layers, recording).Write(stream, TracedRuns));
        }

        return layers;
    }

    private CommandResult Result(
        Invocation invocation, RunnableModel ours, LoadFigures[] loads, IContender? opponent, BenchTimes times, ModelProfile? layers, double? allowedPercent)
    {
        string? peer = opponent?.Name;
        int count = ours.Threads;
        ModelProfile? shown = invocation.Value(profile) ? layers : null;
        var data = new
        {
            Model = ours.Name,
            Threads = count,
            ours.Weights,
            times.Runs,
            times.Blocks,
            LatencyMs = times.Ours,
            loads[0].LoadMs,
            Load = new { loads[0].Processes, ReadMs = loads[0].Fact("read_ms"), CompileMs = loads[0].Fact("compile_ms"), PackMs = loads[0].Fact("pack_ms") },
            loads[0].PeakRssBytes,
            AllocatedBytesPerRun = loads[0].Fact("allocated_bytes_per_run"),
            Peer = opponent is null ? null : new { opponent.Name, LatencyMs = times.Peer, loads[1].LoadMs, loads[1].PeakRssBytes },
            times.Ratio,
            Profile = shown is null ? null : ProfileReport.Data(shown),
        };
        bool slower = allowedPercent is { } allowed && times.Ratio!.Median < 1 / (1 + (allowed / 100));
        return new CommandResult(data, report =>
        {
            report.Line(
                $"{Units.Counted(times.Runs, "run")} in {Units.Counted(times.Blocks, "block")}, {DeviceText.Of(ours.Compiled.Device, count)}, "
                + "batch as in the model");
            ReportTable.Print(report, [string.Empty, ">median", ">mean", "?>variance", "?>p95", "?>p99", "?>min"], Rows(ours.Name, peer, times));
            if (times.Ratio is { } ratio)
            {
                string verdict = ratio.Low > 1 ? "faster" : ratio.High < 1 ? "slower" : "no clear difference";
                report.Line($"ratio   {ratio.Median:0.000} [{ratio.Low:0.000}, {ratio.High:0.000}] (peer / ours, 95 % interval): {verdict}");
            }

            if (shown is not null)
            {
                ProfileReport.Print(report, shown);
            }

            LoadReport.Print(report, loads);
        })
        {
            Warnings =
            [
                .. ModelWarnings.Of(ours), .. SourceWarning.Of(ours, invocation.Value(original)),
                .. Noted(CoverageText.Warning(ours.Coverage)), .. Noted(BenchText.Disturbance(times.Ours)),
                .. Noted(BenchText.OneByOne(ours.Compiled.SequenceRefusal)),
            ],
            Written = invocation.Value(trace) is { } written ? [written] : [],
            Failure = slower
                ? new Failure(
                    ExitCode.Gate,
                    ErrorCodes.Slower,
                    $"Slower than {peer}: the ratio is {times.Ratio!.Median:0.000}, allowed was {1 / (1 + (allowedPercent!.Value / 100)):0.000}.",
                    "Tune longer: attune tune MODEL --budget 30m")
                : null,
            Next = peer is null && PeerOffer.IsOffered
                ? PrintedCommand.Of(
                    ["bench", invocation.Value(model)!, .. invocation.Given(device, threads, shape, weights, original), "--against", OnnxRuntime])
                : PrintedCommand.Of(["explain", invocation.Value(model)!, .. invocation.Given(device, threads, shape, weights)]),
        };
    }

    private static IEnumerable<string> Noted(string? warning) => warning is null ? [] : [warning];

    private static IEnumerable<string[]> Rows(string ours, string? peer, BenchTimes times)
    {
        yield return Row(ours, times.Ours);
        if (peer is not null)
        {
            yield return Row(peer, times.Peer!);
        }
    }

    private static string[] Row(string name, Distribution times) =>
    [
        name,
        Units.Milliseconds(times.Median),
        Units.Milliseconds(times.Mean),
        $"{times.Variance:0.###e+0} ms2",
        Units.Milliseconds(times.P95),
        Units.Milliseconds(times.P99),
        Units.Milliseconds(times.Minimum),
    ];
}
