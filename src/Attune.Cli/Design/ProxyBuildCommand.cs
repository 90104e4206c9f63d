using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Backends;
using Attune.Tuning.Session;

namespace Attune.Cli.Design;

/// <summary><c>attune design proxy build</c>: makes a device a proxy: measures designs and their units, fits a predictor, and reports its error.</summary>
internal sealed class ProxyBuildCommand : CliCommand
{
    private readonly DesignOptions shared = new();
    private readonly Option<string> device = new("--device")
    {
        Description = $"How to run on this machine: {DesignTargets.Forms}.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => LocalDevice.Prefix,
    };
    private readonly Option<int> samples = new("--samples")
    {
        Description = "Designs to measure and to fit the predictor to.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };
    private readonly Option<int> heldOut = new("--held-out")
    {
        Description = "Further designs, which only measure the predictor's error; at most a third of all.",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<string?> tune = new("--tune")
    {
        Description = "Tune the units of the designs first, for this time or these trials (2m, 2000trials); for tuned devices.",
        HelpName = "BUDGET",
    };

    public ProxyBuildCommand()
        : base(
            "build",
            "Make a device a proxy: measure members of the family, time their execution units, fit a latency predictor and report its error.",
            "attune design proxy build --space space.json --device local",
            "attune design proxy build --space space.json --device local:threads=1,tuned --tune 2m --samples 60",
            "attune design proxy build --space space.json --device local:device=cuda:0")
    {
        shared.AddTo(Command);
        foreach (Option option in new Option[] { device, samples, heldOut, tune })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        int count = invocation.Value(samples);
        int unseen = invocation.Value(heldOut);
        if (count < DesignSession.EnoughForModel || unseen < 0)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--samples {count} and --held-out {unseen}: a predictor needs at least {Units.Counted(DesignSession.EnoughForModel, "sample")}.",
                "Use --samples 100 --held-out 30.");
        }

        LocalDevice local = DesignTargets.Local(invocation.Value(device)!, "--device");
        using DesignWorkspace workspace = shared.Open(invocation);
        int seed = invocation.Value(shared.Seed);
        if (invocation.Value(tune) is { } spend)
        {
            await TuneAsync(invocation, workspace, local, Budget.Parse(spend), count + unseen, seed);
        }

        using LocalMeasurer measurer = await DesignTargets.MeasurerAsync(workspace, local, invocation);
        invocation.Progress.Announce($"proxy   {workspace.Space.Family} on {local}: {Units.Counted(count, "design")} and {unseen} to judge by");
        try
        {
            var builder = new ProxyBuilder(workspace.Session, measurer, invocation.Clock);
            ProxyBuildReport report = await DesignTargets.MeasuringAsync(workspace, () => builder.RunAsync(
                count, unseen, seed, (done, all) => invocation.Progress.Report($"proxy   {done} of {all} designs measured"), invocation.Cancellation));
            return Result(report, workspace) with
            {
                Next = PrintedCommand.Of(["design", "optimize", .. shared.Given(invocation), "--target", $"{local}", "--budget", "5ms", "-o", "best.onnx"]),
            };
        }
        catch (InvalidOperationException tooFew)
        {
            throw new CommandFailedException(
                ExitCode.Model,
                ErrorCodes.UnbuildableSpace,
                tooFew.Message,
                PrintedCommand.Of(["design", "space", "check", invocation.Value(shared.Space)!, .. invocation.Given(shared.AllowPrograms)]));
        }
    }

    private static async Task TuneAsync(Invocation invocation, DesignWorkspace workspace, LocalDevice local, Budget budget, int count, int seed)
    {
        if (!local.Tuned)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--tune is for tuned devices; {local} runs default kernels.",
                $"Use --device {local with { Tuned = true }}.");
        }

        DeviceProfile profile = local.Try(invocation.Clock).OrThrow(error => DesignFailures.Of(error, workspace));
        ImmutableArray<SpacePoint> points = await workspace.Session.SampleAsync(
            count, seed, workspace.Session.EncoderOf(local.KeyOn(profile)), invocation.Cancellation);
        invocation.Progress.Announce($"proxy   tuning the execution units of {points.Length} designs ...");
        UnitTuning units = await UnitTuning.OfAsync(workspace.Session, local, profile, points, invocation.Cancellation);
        var options = new TuneOptions
        {
            Budget = budget.Time,
            Trials = budget.Trials,
            Device = profile,
            CandidateLimit = Budget.Duration(TuneCommand.LimitOn(profile))!.Value,
            Threads = local.Threads,
            Seed = seed,
            Records = workspace.Options.Records,
            Worker = WorkerProcessCommand.CommandLine,
        };
        await units.RunAsync(options, new TuneProgress(invocation.Progress, "units", units.Tasks.Length), invocation.Clock, invocation.Cancellation);
    }

    private static CommandResult Result(ProxyBuildReport report, DesignWorkspace workspace)
    {
        var data = new
        {
            Device = report.Device.ToString(),
            report.Samples,
            Unsupported = report.Unsupported.Select(entry => new { entry.Design, entry.Reason }).ToArray(),
            report.Units,
            HeldOut = QualityData(report.Quality),
            Repeat = QualityData(report.Repeat),
            EstimatedUnits = report.Estimated.Estimated,
            HeldOutUnits = report.Estimated.All,
            Terms = report.Terms.Select(term => new { term.Term, term.Factor }).ToArray(),
            Store = workspace.Session.Store.Path,
        };
        return new CommandResult(data, lines =>
        {
            lines.Line($"{data.Device}");
            lines.Line($"predictor of {report.Samples} designs and {report.Units} execution units");
            lines.Line(report.Quality is { } quality ? $"unseen    {Text(quality)}" : "unseen    no design was held out, so the error is unknown");
            if (report.Repeat is { } repeat)
            {
                lines.Line($"repeated  {Text(repeat)}: no predictor can agree better than a second measurement does");
            }

            if (report.Estimated.All > 0)
            {
                lines.Line($"units     {report.Estimated.Estimated} of {report.Estimated.All} in unseen designs were never timed and are estimates");
            }
        })
        {
            Warnings = report.Unsupported.IsEmpty
                ? []
                : [$"{report.Unsupported.Length} designs do not run here, the first because: {report.Unsupported[0].Reason}"],
        };
    }

    private static string Text(FitQuality quality) =>
        $"R2 {quality.RSquared:0.000}, rank correlation {quality.Spearman}, error {Units.Percent(quality.RelativeError)} on average, at most "
        + $"{Units.Percent(quality.LargestError)}, {Units.Counted(quality.Designs, "design")}";

    private static object? QualityData(FitQuality? quality) => quality is null ? null : new
    {
        quality.Designs,
        RSquared = double.IsNaN(quality.RSquared) ? (double?)null : quality.RSquared,
        Spearman = double.IsNaN(quality.Spearman.Estimate) ? (double?)null : quality.Spearman.Estimate,
        SpearmanLow = quality.Spearman.Low,
        SpearmanHigh = quality.Spearman.High,
        quality.RelativeError,
        quality.LargestError,
        quality.Within5Percent,
    };
}
