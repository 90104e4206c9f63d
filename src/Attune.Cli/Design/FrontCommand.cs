using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Search;

namespace Attune.Cli.Design;

/// <summary><c>attune design front</c>: the measured Pareto front of a target.</summary>
internal sealed class FrontCommand : CliCommand
{
    private readonly DesignOptions shared = new();
    private readonly AccuracyArguments accuracy = new();
    private readonly Option<string> target = new("--target")
    {
        Description = $"How to run on this machine: {DesignTargets.Forms}.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => LocalDevice.Prefix,
    };
    private readonly Option<int> candidates = new("--candidates")
    {
        Description = "Designs of the predicted front and its next layers that are measured.",
        HelpName = "N",
        DefaultValueFactory = _ => 40,
    };
    private readonly Option<int> generations = new("--generations")
    {
        Description = "Generations of each evolutionary search, 100 designs each.",
        HelpName = "N",
        DefaultValueFactory = _ => 60,
    };

    public FrontCommand()
        : base(
            "front",
            "Find the Pareto front of latency and accuracy on a target whose latencies can be predicted, and measure it.",
            "attune design front --space space.json --target local --accuracy table:accuracy.csv")
    {
        shared.AddTo(Command);
        foreach (Option option in new Option[] { target, candidates, generations })
        {
            Command.Options.Add(option);
        }

        accuracy.AddTo(Command);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        int max = invocation.Value(candidates);
        if (max < 2 || invocation.Value(generations) < 1)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, "--candidates must be at least 2 and --generations at least 1.", "attune design front --help");
        }

        using DesignWorkspace workspace = shared.Open(invocation);
        LocalDevice local = DesignTargets.Local(invocation.Value(target)!, "--target");
        using LocalMeasurer measurer = await DesignTargets.MeasurerAsync(workspace, local, invocation);
        int seed = invocation.Value(shared.Seed);
        ValueSource source = await accuracy.ReadAsync(invocation, workspace, measurer.Device, seed);
        var builder = new FrontBuilder(workspace.Session, measurer, source.Model, invocation.Clock);
        MeasuredFront front = await DesignTargets.MeasuringAsync(workspace, async () => await builder.RunAsync(
                max,
                new EvolutionOptions { Generations = invocation.Value(generations), Seed = seed },
                (done, all) => invocation.Progress.Report($"front   {done} of {all} designs measured"),
                invocation.Cancellation)
            ?? throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.NothingToLearn,
                $"Nothing predicts latencies on {measurer.Device} yet.",
                PrintedCommand.Of(["design", "proxy", "build", .. shared.Given(invocation), "--device", $"{local}"])));
        return Result(front, source.Model, PrintedCommand.Of(
            [
                "design", "optimize", .. shared.Given(invocation), "--target", $"{local}", "--budget", "5ms", "-o", "best.onnx",
            ])) with
        { Warnings = source.Warnings };
    }

    private static CommandResult Result(MeasuredFront front, ValueModel value, string next)
    {
        var data = new
        {
            Device = front.Device.ToString(),
            Accuracy = value.Source.Name,
            value.Source.IsRankOnly,
            front.Candidates,
            front.Dominated,
            Model = front.Model.Origin,
            Spearman = front.Model.Unseen?.Estimate,
            Front = front.Front.Select(design => new
            {
                design.Measured.Design,
                design.Ms,
                design.Value,
                PredictedMs = double.IsNaN(design.PredictedMs) ? (double?)null : design.PredictedMs,
                design.Measured.PeakBytes,
                design.Measured.SizeBytes,
            }).ToArray(),
        };
        return new CommandResult(data, report =>
        {
            report.Line($"{data.Device}: {data.Front.Length} designs that no measured one dominates; {front.Candidates} candidates measured, "
                + $"{front.Dominated} of them dominated");
            report.Line($"{(value.Source.IsRankOnly ? "score" : "accuracy")}: {value.Source.Name}");
            ReportTable.Print(
                report,
                ["design", ">latency", value.Source.IsRankOnly ? ">score" : ">accuracy", ">peak memory", ">size"],
                data.Front.Select(design => new[]
                {
                    design.Design[..12],
                    Units.Milliseconds(design.Ms),
                    $"{design.Value:0.###}",
                    Units.Bytes(design.PeakBytes ?? 0),
                    Units.Bytes(design.SizeBytes ?? 0),
                }));
        })
        {
            Next = next,
        };
    }
}
