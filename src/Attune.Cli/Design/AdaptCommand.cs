using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Proxies;

namespace Attune.Cli.Design;

/// <summary><c>attune design adapt</c>: adapts the known devices to a target with a few measurements.</summary>
internal sealed class AdaptCommand : CliCommand
{
    private readonly DesignOptions shared = new();
    private readonly Option<string> target = AssessCommand.TargetOption();
    private readonly Option<int> samples = new("--samples") { Description = "Designs to measure on the target.", HelpName = "N", DefaultValueFactory = _ => 50 };

    public AdaptCommand()
        : base(
            "adapt",
            "Adapt the known devices to a target with a few measurements: stack them, correct groups of execution units, report how well unseen designs are ordered.",
            "attune design adapt --space space.json --target local:threads=1 --samples 50")
    {
        shared.AddTo(Command);
        Command.Options.Add(target);
        Command.Options.Add(samples);
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        using var site = DesignSite.Open(invocation, shared);
        (DeviceKey key, LocalDevice? local) = site.Target(invocation.Value(target)!);
        await AssessCommand.SamplesAsync(invocation, site, key, local, invocation.Value(samples), invocation.Value(shared.Seed));
        TargetModel model = await new TargetModeller(site.Session).RunAsync(key, invocation.Cancellation)
            ?? throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.NothingToLearn,
                $"There is nothing to adapt to {key}: no other device has measured units of '{site.Space.Family}', or fewer than 5 designs ran on the target.",
                $"attune design proxy build --space {invocation.Value(shared.Space)} --device local");
        var data = new
        {
            Target = key.ToString(),
            model.Origin,
            model.Samples,
            Spearman = model.Unseen?.Estimate,
            SpearmanLow = model.Unseen?.Low,
            SpearmanHigh = model.Unseen?.High,
            RelativeError = double.IsNaN(model.RelativeError) ? (double?)null : model.RelativeError,
            Proxies = model.Proxies.Select(proxy => new { Device = proxy.Device.ToString(), proxy.Weight }).ToArray(),
            Differences = model.Differences.Select(difference => new { difference.Group, difference.Factor }).ToArray(),
        };
        return new CommandResult(data, report =>
        {
            report.Line($"{key}: {model.Origin}");
            report.Line(model.Unseen is { } unseen ? $"unseen    rank correlation {unseen}, error {Units.Percent(model.RelativeError)} on average" : "unseen    too few samples to tell how well unseen designs are predicted");
            if (data.Proxies.Length > 0)
            {
                ReportTable.Print(report, ["proxy", ">weight"], data.Proxies.Select(proxy => new[] { proxy.Device, $"{proxy.Weight:0.00}" }));
            }

            if (data.Differences.Length > 0)
            {
                report.Line("units that differ most on the target from what the first proxy says:");
                ReportTable.Print(report, ["units", ">time"], data.Differences.Select(difference => new[] { difference.Group, Units.Factor(difference.Factor) }));
            }
        })
        {
            Warnings = model.Unseen is { } rank && rank.Estimate < ProxyPool.LayersFrom
                ? [$"A rank correlation of {rank.Estimate:0.00} orders {rank.DiscordantShare * 100:0} % of the pairs wrongly; more --samples help, and every answer is measured anyway."]
                : [],
            Next = $"attune design optimize --space {invocation.Value(shared.Space)} --target {invocation.Value(target)} --budget 5ms -o best.onnx",
        };
    }
}
