using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Proxies;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary><c>attune design adapt</c>: adapts the known devices to a target with a few measurements.</summary>
internal sealed class AdaptCommand : CliCommand
{
    private readonly DesignOptions shared = new();
    private readonly Option<string> target = AssessCommand.TargetOption();
    private readonly Option<int> samples = new("--samples")
    {
        Description = "Designs to measure on the target.",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
    };

    private readonly Option<string?> method = new("--method")
    {
        Description = "How: fleet (a stack of all known devices and a Gaussian process over what they share; two known devices or more), stack (all known "
            + "devices, corrected per group of units), or adaproxy (the known device that orders the samples best, corrected). Default: fleet where possible "
            + "and no worse on designs left out than the stack.",
        HelpName = "NAME",
    };

    public AdaptCommand()
        : base(
            "adapt",
            "Adapt the known devices to a target with a few measurements: report how well unseen designs are ordered, which units differ, and "
            + "what to measure next.",
            "attune design adapt --space space.json --target local:threads=1 --samples 50",
            "attune design adapt --space space.json --target local:threads=1 --method stack")
    {
        shared.AddTo(Command);
        Command.Options.Add(target);
        Command.Options.Add(samples);
        Command.Options.Add(method);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        AdaptMethod? wanted = Method(invocation);
        using DesignWorkspace workspace = shared.Open(invocation);
        (DeviceKey key, LocalDevice? local) = DesignTargets.Target(workspace, invocation.Value(target)!);
        await AssessCommand.SamplesAsync(invocation, workspace, key, local, invocation.Value(samples), invocation.Value(shared.Seed));
        AdaptedTarget model = await new TargetAdapter(workspace.Session).RunAsync(key, wanted, invocation.Cancellation)
            ?? throw Nothing(invocation, workspace, key, wanted);
        var data = new
        {
            Target = key.ToString(),
            Method = model.Method is { } used ? Name(used) : "own-units",
            model.Origin,
            model.Samples,
            Spearman = model.Unseen?.Estimate,
            SpearmanLow = model.Unseen?.Low,
            SpearmanHigh = model.Unseen?.High,
            RelativeError = Finite(model.RelativeError),
            Rejected = model.Rejected is { } other ? new { Method = Name(other.Method), RelativeError = Finite(other.RelativeError) } : null,
            Proxies = model.Proxies.Select(proxy => new { Device = proxy.Device.ToString(), proxy.Weight }).ToArray(),
            Differences = model.Differences.Select(difference => new { difference.Group, difference.Factor }).ToArray(),
            Next = model.Next is { } next
                ? new
                {
                    Design = workspace.Space.IdOf(next.Point),
                    Genes = workspace.Space.Describe(next.Point),
                    next.StackedMs,
                    next.SharedMs,
                    next.Disagreement,
                    next.Among,
                }
                : null,
        };
        return new CommandResult(data, report =>
        {
            report.Line($"{key}: {model.Origin}");
            string off = data.Rejected?.RelativeError is { } error ? $"{Units.Percent(error)} off on designs left out" : "not to be judged with so few samples";
            report.Line($"method    {data.Method}{(data.Rejected is { } rejected ? $"; {rejected.Method} is {off}" : string.Empty)}");
            report.Line(model.Unseen is { } unseen
                ? $"unseen    rank correlation {unseen}, error {Units.Percent(model.RelativeError)} on average"
                : "unseen    too few samples to tell how well unseen designs are predicted");
            if (data.Proxies.Length > 0)
            {
                ReportTable.Print(report, ["proxy", ">weight"], data.Proxies.Select(proxy => new[] { proxy.Device, $"{proxy.Weight:0.00}" }));
            }

            if (data.Differences.Length > 0)
            {
                report.Line("units that differ most on the target from what the first proxy says:");
                ReportTable.Print(
                    report, ["units", ">time"], data.Differences.Select(difference => new[] { difference.Group, Units.Factor(difference.Factor) }));
            }

            if (data.Next is { } useful)
            {
                report.Line($"measure next: {useful.Design[..12]} ({string.Join(", ", useful.Genes.Select(gene => $"{gene.Key} {gene.Value}"))})");
                report.Line($"  the least certain of {useful.Among} designs: the stack predicts {Units.Milliseconds(useful.StackedMs)}, the shared process "
                    + $"{Units.Milliseconds(useful.SharedMs)}, {Units.Percent(useful.Disagreement)} apart");
            }
        })
        {
            Warnings = model.Unseen is { } rank && rank.Estimate < ProxyPool.LayersFrom
                ? [$"A rank correlation of {rank.Estimate:0.00} orders {rank.DiscordantShare * 100:0} % of the pairs wrongly; more --samples help, and every "
                    + "answer is measured anyway."]
                : [],
            Next = local is null
                ? null
                : PrintedCommand.Of(
                    ["design", "optimize", .. shared.Given(invocation), "--target", invocation.Value(target)!, "--budget", "5ms", "-o", "best.onnx"]),
        };
    }

    private static double? Finite(double value) => double.IsNaN(value) ? null : value;

    private static string Name(AdaptMethod adapt) => adapt.ToString().ToLowerInvariant();

    private AdaptMethod? Method(Invocation invocation)
    {
        if (invocation.Value(method) is not { } text)
        {
            return null;
        }

        string[] names = [.. Enum.GetValues<AdaptMethod>().Select(Name)];
        return Array.IndexOf(names, text) is >= 0 and int place
            ? Enum.GetValues<AdaptMethod>()[place]
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no method '{text}'.{(NearMiss.Find(text, names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use --method {string.Join(" or --method ", names)}.");
    }

    private CommandFailedException Nothing(Invocation invocation, DesignWorkspace workspace, DeviceKey key, AdaptMethod? wanted) => new(
        ExitCode.Usage,
        ErrorCodes.NothingToLearn,
        wanted == AdaptMethod.Fleet
            ? $"There is no fleet to adapt to {key}: it needs two other devices with measured units of '{workspace.Space.Family}', and 10 designs "
                + "that ran on the target."
            : $"There is nothing to adapt to {key}: no other device has measured units of '{workspace.Space.Family}', or fewer than 5 "
                + "designs ran on the target.",
        PrintedCommand.Of(["design", "proxy", "build", .. shared.Given(invocation), "--device", "local"]));
}
