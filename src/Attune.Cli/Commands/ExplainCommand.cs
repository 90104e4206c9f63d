using System.CommandLine;
using System.Text.RegularExpressions;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cli.Profiling;
using Attune.Compile.Diagnostics;
using Attune.Compile.Models;
using Attune.Graph.Faults;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring.Probes;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune explain</c>: where a model's time goes and what was chosen for each layer; or what an error code means.</summary>
internal sealed partial class ExplainCommand : CliCommand
{
    private readonly Argument<string> subject = new("FILE") { Description = "A .attune file, an ONNX file, zoo:NAME, or an error code such as AT2020." };
    private readonly Option<string?> layer = new("--layer") { Description = "Only layers whose name or description contains this text.", HelpName = "TEXT" };
    private readonly Option<string?> kernel = new("--kernel")
    {
        Description = "Print the loop program of every kernel shown, and for GPUs the generated source; with TEXT only layers like --layer TEXT.",
        HelpName = "TEXT",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> device = DeviceArgument.AsTuned();
    private readonly Option<int?> threads = SharedOptions.ThreadsAsTuned();
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<string?> weights = SharedOptions.WeightsAsStored();

    public ExplainCommand()
        : base(
            "explain",
            "Show per layer: time, share, configuration, runner-up and share of the roofline; or explain an error code.",
            "attune explain mobilenet.attune",
            "attune explain mobilenet.attune --layer conv1 --kernel",
            "attune explain mobilenet.attune --kernel \"conv 3x3\" --device opencl:0",
            "attune explain AT2020")
    {
        Command.Arguments.Add(subject);
        Command.Options.Add(layer);
        Command.Options.Add(kernel);
        Command.Options.Add(device);
        Command.Options.Add(threads);
        Command.Options.Add(shape);
        Command.Options.Add(weights);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        string wanted = invocation.Value(subject)!;
        return Task.FromResult(CodePattern().IsMatch(wanted) ? Code(wanted.ToUpperInvariant()) : Model(invocation, wanted));
    }

    private CommandResult Model(Invocation invocation, string path)
    {
        using RunnableModel model = RunnableModelArgument.Load(
            path, invocation.Value(threads), invocation.Value(shape)!, invocation.Value(weights),
            DeviceArgument.Named(invocation.Value(device)));
        int count = model.Threads;
        invocation.Progress.Report("explain measuring the machine, then the model");
        MachineSpeed speed = RunnableModelArgument.Speed(model, invocation);
        var explanation = ModelExplanation.Of(model.Compiled, model.Tuned, speed);
        string text = invocation.Value(layer) ?? invocation.Value(kernel) ?? string.Empty;
        StepExplanation[] shown = [.. explanation.Steps.Where(step => $"{step.Layer} {step.Title}".Contains(text, StringComparison.OrdinalIgnoreCase))];
        Dictionary<int, string> programs = invocation.Arguments.GetResult(kernel) is not null
            ? shown.Select(step => (step.Index, Program: model.Compiled.ProgramOf(step.Index)))
                .Where(entry => entry.Program is not null)
                .ToDictionary(entry => entry.Index, entry => entry.Program!)
            : [];
        var sources = programs.Keys.Select(step => (Step: step, Text: model.Compiled.SourceOf(step))).Where(source => source.Text is not null)
            .ToDictionary(source => source.Step, source => source.Text!);
        var data = new
        {
            Model = model.Name,
            Threads = count,
            model.Weights,
            explanation.TotalMs,
            explanation.Speed.PeakFlops,
            explanation.Speed.BytesPerSecond,
            model.Compiled.ArenaBytes,
            model.Compiled.WeightBytes,
            model.Tuned?.Summary,
            WithoutFusions = model.Tuned?.WithoutFusions ?? [],
            Fusions = FusedSteps(explanation).Select(pair => new { pair.Fusion.Name, pair.Fusion.Summary, pair.Steps }),
            Layers = shown,
            Programs = programs.Count == 0 ? null : programs.Select(program => new
            {
                Layer = explanation.Steps[program.Key].Layer,
                Program = program.Value,
                Source = sources.GetValueOrDefault(program.Key),
            }),
        };
        return new CommandResult(data, report => Print(report, model, explanation, shown, programs, sources))
        {
            Warnings = ModelWarnings.Of(model),
            Next = programs.Count == 0 && shown.MaxBy(step => step.Ms) is { } slowest
                ? PrintedCommand.Of(["explain", path, "--layer", slowest.Layer, "--kernel", .. invocation.Given(device, threads, shape, weights)])
                : null,
        };
    }

    private static void Print(
        IAnsiConsole report, RunnableModel model, ModelExplanation explanation, StepExplanation[] shown, Dictionary<int, string> programs,
        Dictionary<int, string> sources)
    {
        report.Line($"Model   {model.Name}: {Units.Milliseconds(explanation.TotalMs)} in {Units.Counted(explanation.Steps.Length, "step")}, arena "
            + $"{Units.Bytes(model.Compiled.ArenaBytes)}, packed weights {Units.Bytes(model.Compiled.WeightBytes)}");
        DeviceProfile where = model.Compiled.Device;
        string on = where.Kind == TargetKind.Cpu
            ? $"with {explanation.Speed.Threads} thread{(explanation.Speed.Threads == 1 ? string.Empty : "s")}"
            : $"on {where.Name}, {where.Description}";
        report.Line($"Machine {Units.Count(explanation.Speed.PeakFlops)}FLOP/s, {Units.Count(explanation.Speed.BytesPerSecond)}B/s {on}");
        string counts = string.Join(
            ", ", FusedSteps(explanation).Where(pair => pair.Steps > 0).Select(pair => $"{pair.Fusion.Name} {pair.Steps}").DefaultIfEmpty("nothing"));
        report.Line(
            $"Fused   {counts}{(model.Tuned is { WithoutFusions: { IsEmpty: false } off } ? $"; switched off: {string.Join(", ", off)}" : string.Empty)}");
        if (NarrowText.Of(explanation, where.Target) is { } narrow)
        {
            report.Line($"Narrow  {narrow}");
        }

        report.Line(string.Empty);
        ReportTable.Print(
            report,
            ["layer", "what", "?algorithm", ">time", ">share", "?>GFLOP/s", "?>roofline", "?from", "?fused", "?>runner-up", "?>model with it"],
            shown.Select(step => new[]
            {
                step.Layer,
                $"{step.Title}{Widened(step)}",
                step.Algorithm ?? string.Empty,
                Units.Milliseconds(step.Ms),
                Units.Percent(step.Share),
                $"{step.Gflops:0.0}",
                Units.Percent(step.RooflineShare),
                step.Source?.ToString().ToLowerInvariant() ?? string.Empty,
                string.Join(' ', step.Fused),
                step is { MeasuredMs: { } chosen, RunnerUpMs: { } second } && chosen > 0
                    ? Math.Abs((second / chosen) - 1) < 0.02
                    ? "tie"
                    : $"{second - chosen:+0.000;-0.000} ms"
                    : string.Empty,
                step.RunnerUpAddedMs is { } added ? $"+{added:0.000} ms" : string.Empty,
            }));
        foreach (StepExplanation step in shown.Where(step => step.Configuration is not null && shown.Length <= 5))
        {
            report.Line(string.Empty);
            report.Line($"{step.Layer}  {step.Task}");
            report.Line($"  chosen     {step.Configuration}");
            if (step.RunnerUp is { } second)
            {
                report.Line($"  runner-up  {second} ({Units.Milliseconds(step.RunnerUpMs ?? 0)})");
            }
        }

        foreach ((int index, string program) in programs)
        {
            report.Line(string.Empty);
            report.Line($"// {explanation.Steps[index].Layer}");
            report.Lines(program);
            if (sources.TryGetValue(index, out string? source))
            {
                report.Line(string.Empty);
                report.Lines(source);
            }
        }

        report.Line(string.Empty);
    }

    // Fusions that fold into weights leave no trace in a step: only those that show are counted.
    private static IEnumerable<(Fusion Fusion, int Steps)> FusedSteps(ModelExplanation explanation) =>
        Fusions.All.Select(fusion => (fusion, explanation.Steps.Count(step => step.Fused.Contains(fusion.Name))));

    // The title says how weights are stored; where widening them once at load was faster, they take the full memory.
    private static string Widened(StepExplanation step) =>
        step.Configuration?.Contains("weights=widened", StringComparison.Ordinal) == true ? " (widened)" : string.Empty;

    private static CommandResult Code(string code)
    {
        string meaning = ErrorCodes.Meanings.GetValueOrDefault(code) ?? FaultCodes.Meanings.GetValueOrDefault(code)
            ?? throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.UnknownCode, $"There is no code {code}.", "Codes are printed by the failures themselves, for example AT2020.");
        return new CommandResult(
            new { Code = code, Meaning = PrintedCommand.Named(meaning) }, report => report.Line($"{code}  {PrintedCommand.Named(meaning)}"));
    }

    [GeneratedRegex("^AT[0-9]{4}$", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodePattern();
}
