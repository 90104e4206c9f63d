using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Devices.Meters;
using Attune.Numerics.Words;
using Attune.Tuning.Session;

namespace Attune.Cli.Design;

/// <summary><c>attune design optimize</c>: the best member of a family within limits on a target: predicted, measured, then tuned.</summary>
internal sealed class OptimizeCommand : CliCommand
{
    private static readonly string[] Optimizers = ["evolutionary", "neural"];
    private readonly DesignOptions shared = new();
    private readonly AccuracyArguments accuracy = new();
    private readonly Option<string> target = new("--target")
    {
        Description = $"How to run on this machine: {DesignTargets.Forms}.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => LocalDevice.Prefix,
    };
    private readonly Option<string> budget = new("--budget", "-b")
    {
        Description = "Maximum time per inference, for example 5ms.",
        HelpName = "TIME",
        Required = true,
    };
    private readonly Option<double?> energy = new("--energy")
    {
        Description = "Maximum energy per inference, joules; needs a machine whose energy counter can be read, and a target of processors.",
        HelpName = "J",
    };
    private readonly Option<double?> memory = new("--memory")
    {
        Description = "Maximum memory in use, mebibytes: activations, weights, workspace, inputs and outputs.",
        HelpName = "MIB",
    };
    private readonly Option<double?> size = new("--size") { Description = "Maximum size of weights, mebibytes.", HelpName = "MIB" };
    private readonly Option<int> samples = new("--samples")
    {
        Description = "Designs measured first, where the target is new and proxies can be adapted.",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<int> candidates = new("--candidates")
    {
        Description = "Candidates of the search that are measured.",
        HelpName = "N",
        DefaultValueFactory = _ => 24,
    };
    private readonly Option<string> optimizer = new("--optimizer")
    {
        Description = "How candidates are found: evolutionary, or neural (a network trained on the store's devices, at least two; pays where many "
            + "budgets are asked for).",
        HelpName = "NAME",
        DefaultValueFactory = _ => Optimizers[0],
    };
    private readonly Option<int> generations = new("--generations")
    {
        Description = "Generations of the evolutionary search, 100 designs each.",
        HelpName = "N",
        DefaultValueFactory = _ => 150,
    };
    private readonly Option<bool> front = new("--front")
    {
        Description = "Also measure the front around the answer, with as many designs again: what more time would buy, and what less would cost.",
    };
    private readonly Option<string> tune = new("--tune")
    {
        Description = "Time or trials to tune the answer's kernels (60s, 500trials); 0 leaves that out.",
        HelpName = "BUDGET",
        DefaultValueFactory = _ => "60s",
    };
    private readonly Option<string> output = SharedOptions.Output("The ONNX file to write; the tuned model is written beside it.");

    public OptimizeCommand()
        : base(
            "optimize",
            "Find the best member of a family within a latency budget on a target: learn the target from few measurements, search, measure the "
            + "candidates, tune the answer.",
            "attune design optimize --space space.json --target local --budget 5ms -o best.onnx",
            "attune design optimize --space space.json --target local:threads=1 --budget 5ms --accuracy table:accuracy.csv --memory 20 --front -o best.onnx",
            "attune design optimize --space space.json --precisions f32,i8 --accuracy learned:accuracy.csv --sensitivities losses.csv --budget 5ms")
    {
        shared.AddTo(Command);
        output.DefaultValueFactory = _ => "best.onnx";
        foreach (Option option in new Option[] { target, budget, energy, memory, size, samples, candidates, optimizer, generations, front, tune, output })
        {
            Command.Options.Add(option);
        }

        accuracy.AddTo(Command);
    }

    /// <summary>Reads a time per inference.</summary>
    /// <exception cref="CommandFailedException">The text is none (AT1005).</exception>
    public static double Milliseconds(string text) => Budget.Duration(text) is { } time
        ? time.TotalMilliseconds
        : throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{text}' is no time per inference.", "Write --budget 5ms.");

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        OptimiseQuestion question = Question(invocation);
        Budget? tuning = invocation.Value(tune) is var spend && spend == "0" ? null : Budget.Parse(spend!);
        string path = invocation.Value(output)!;
        TargetFile.Check(path, "-o");
        LocalDevice local = DesignTargets.Local(invocation.Value(target)!, "--target");
        if (question.Joules is not null)
        {
            RequireMeter(invocation, local);
        }

        using DesignWorkspace workspace = shared.Open(invocation);
        using LocalMeasurer measurer = await DesignTargets.MeasurerAsync(workspace, local, invocation);
        ValueSource source = await accuracy.ReadAsync(invocation, workspace, measurer.Device, question.Seed);
        var options = new OptimiseOptions
        {
            Question = question,
            Evolution = new EvolutionOptions { Generations = invocation.Value(generations) },
            IncludeFront = invocation.Value(front),
            Output = path,
            Tune = tuning is null ? null : new TuneOptions
            {
                Budget = tuning.Time,
                Trials = tuning.Trials,
                CandidateLimit = Budget.Duration(TuneCommand.LimitOn(DesignTargets.Find(workspace, local)))!.Value,
                Worker = WorkerProcessCommand.CommandLine,
            },
        };
        var progress = new OptimizeProgress(invocation.Progress, Path.GetFileNameWithoutExtension(path));
        OptimiseResult result = (await new OptimiseSession(workspace, measurer, local, source.Model, options).RunAsync(progress, invocation.Cancellation))
            .OrThrow(error => DesignFailures.Of(error, workspace, question));
        return Report(result, workspace.Space.Describe(result.Best.Point), question, source.Model, path) with
        {
            Warnings = source.Warnings,
            Next = result.Tuned is { } tuned ? PrintedCommand.Of("bench", tuned) : PrintedCommand.Of(
                ["tune", path, .. local.IsProcessor ? (string[])[] : ["--device", $"{local.Device}"], "--budget", "2m"]),
        };
    }

    private static void RequireMeter(Invocation invocation, LocalDevice local)
    {
        if (!local.IsProcessor)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--energy: energy is that of processors, and {local} runs on {local.Device}.",
                "Leave --energy out, or use --target local.");
        }

        using IEnergyMeter meter = EnergyMeters.Open(LocalMeasurer.EnergyName, invocation.Clock).OrThrow(missing => new CommandFailedException(
            ExitCode.Device,
            ErrorCodes.BadValue,
            $"--energy: energy cannot be limited. {missing.Problem}",
            "Leave --energy out, or run as a user who may read /sys/class/powercap."));
    }

    private OptimiseQuestion Question(Invocation invocation)
    {
        string how = invocation.Value(optimizer)!;
        if (!Optimizers.Contains(how))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no optimizer '{how}'.{(NearMiss.Find(how, Optimizers) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use --optimizer {string.Join(" or --optimizer ", Optimizers)}.");
        }

        int tests = invocation.Value(samples);
        int measured = invocation.Value(candidates);
        double? joules = invocation.Value(energy);
        if (tests < 10 || measured < 3 || invocation.Value(generations) < 1 || joules <= 0 || invocation.Value(memory) <= 0 || invocation.Value(size) <= 0)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "--samples must be at least 10, --candidates at least 3, --generations at least 1, and limits above 0.",
                "attune design optimize --help");
        }

        return new OptimiseQuestion
        {
            BudgetMs = Milliseconds(invocation.Value(budget)!),
            Joules = joules,
            PeakBytes = (long?)(invocation.Value(memory) * (1 << 20)),
            SizeBytes = (long?)(invocation.Value(size) * (1 << 20)),
            Samples = tests,
            Candidates = measured,
            Neural = how == Optimizers[1] ? new NeuralEffort() : null,
            Seed = invocation.Value(shared.Seed),
        };
    }

    // In the order of the network, not of names.
    private static string Policy(IReadOnlyDictionary<string, string> genes)
    {
        string[] order = [StagePrecisions.Gene, $"{StagePrecisions.Stem}.{StagePrecisions.Gene}"];
        return string.Join(", ", genes.Where(gene => StagePrecisions.IsPrecision(gene.Key))
            .OrderBy(gene => Array.IndexOf(order, gene.Key) is >= 0 and int first ? first : order.Length)
            .ThenBy(gene => gene.Key.StartsWith(StagePrecisions.Tail, StringComparison.Ordinal))
            .ThenBy(gene => gene.Key.Length)
            .ThenBy(gene => gene.Key, StringComparer.Ordinal)
            .Select(gene => $"{(gene.Key == StagePrecisions.Gene ? "all" : gene.Key[..^(StagePrecisions.Gene.Length + 1)])} {gene.Value}"));
    }

    private static CommandResult Report(
        OptimiseResult result, IReadOnlyDictionary<string, string> genes, OptimiseQuestion question, ValueModel value, string path)
    {
        (OptimiseAnswer answer, OptimisedDesign best, MeasuredFront? around, string? tuned, TuneOutcome? outcome) = result;
        var data = new
        {
            Design = best.Measured.Design,
            Genes = genes,
            best.Value,
            Accuracy = value.Source.Name,
            value.Source.IsRankOnly,
            best.Ms,
            PredictedMs = double.IsNaN(best.PredictedMs) ? (double?)null : best.PredictedMs,
            question.BudgetMs,
            best.Measured.Joules,
            best.Measured.PeakBytes,
            best.Measured.SizeBytes,
            TunedMs = outcome?.AfterMs,
            Model = answer.Model?.Origin,
            Spearman = answer.Model?.Unseen?.Estimate,
            answer.NewMeasurements,
            FastestMs = answer.Fastest?.Ms,
            Output = path,
            TunedOutput = tuned,
            Candidates = answer.Candidates.Select(design => new
            {
                design.Measured.Design,
                design.Value,
                PredictedMs = double.IsNaN(design.PredictedMs) ? (double?)null : design.PredictedMs,
                Ms = double.IsNaN(design.Ms) ? (double?)null : design.Ms,
                design.Measured.Status,
            }).ToArray(),
            Front = around?.Front.Select(design => new { design.Measured.Design, design.Value, design.Ms }).ToArray(),
        };
        string worth = value.Source.IsRankOnly ? "score" : "accuracy";
        return new CommandResult(data, report =>
        {
            report.Line($"best    {best.Measured.Design[..12]}  {Units.Milliseconds(best.Ms)} measured, budget {Units.Milliseconds(question.BudgetMs)}, "
                + $"{worth} {best.Value:0.###}");
            report.Line($"        {string.Join(", ", genes.Where(gene => !StagePrecisions.IsPrecision(gene.Key)).Select(gene => $"{gene.Key} {gene.Value}"))}");
            report.Line($"        {worth}: {value.Source.Name}");
            report.Line($"        {Units.Bytes(best.Measured.PeakBytes ?? 0)} in use, {Units.Bytes(best.Measured.SizeBytes ?? 0)} of "
                + $"weights{(best.Measured.Joules is { } joules ? $", {joules:0.###} J" : string.Empty)}");
            if (Policy(genes) is { Length: > 0 } policy)
            {
                report.Line($"policy  {policy}");
            }

            report.Line(
                $"model   {answer.Model?.Origin}{(answer.Model?.Unseen is { } unseen ? $", rank correlation {unseen} on unseen designs" : string.Empty)}; "
                + $"{Units.Counted(answer.NewMeasurements, "design")} measured for this answer");
            if (outcome is not null)
            {
                report.Line($"tuned   {Units.Milliseconds(outcome.BeforeMs ?? double.NaN)} -> {Units.Milliseconds(outcome.AfterMs ?? double.NaN)}");
            }

            report.Line(string.Empty);
            ReportTable.Print(
                report,
                ["candidate", $">{worth}", ">predicted", ">measured"],
                data.Candidates.Take(12).Select(design => new[]
                {
                    design.Design[..12],
                    $"{design.Value:0.###}",
                    Units.Milliseconds(design.PredictedMs ?? double.NaN),
                    design.Ms is { } ms ? Units.Milliseconds(ms) : $"{design.Status}",
                }));
            if (data.Front is { } measured)
            {
                report.Line(string.Empty);
                ReportTable.Print(
                    report,
                    ["front", $">{worth}", ">measured"],
                    measured.Select(design => new[] { design.Design[..12], $"{design.Value:0.###}", Units.Milliseconds(design.Ms) }));
            }
        })
        {
            Written = tuned is null ? [path] : [path, tuned],
        };
    }
}
