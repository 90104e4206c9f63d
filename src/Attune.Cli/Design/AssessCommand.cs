using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Design.Proxies;
using Attune.Design.Spaces;

namespace Attune.Cli.Design;

/// <summary><c>attune design assess</c>: measures a few designs on a target and says whether a proxy may stand in for it.</summary>
internal sealed class AssessCommand : CliCommand
{
    private readonly DesignOptions shared = new();
    private readonly Option<string> target = TargetOption();
    private readonly Option<int> samples = new("--samples")
    {
        Description = "Designs to measure on the target.",
        HelpName = "N",
        DefaultValueFactory = _ => ProxyPool.UsualSamples,
    };
    private readonly Option<string?> budget = new("--budget")
    {
        Description = "The latency you care about (5ms): the rank correlation is also given for designs around it.",
        HelpName = "TIME",
    };

    public AssessCommand()
        : base(
            "assess",
            "Measure a few designs on a target and tell how well each known device orders them: accept a proxy, adapt it, or do not use it, and why.",
            "attune design assess --space space.json --target local:threads=1 --samples 30 --budget 5ms")
    {
        shared.AddTo(Command);
        foreach (Option option in new Option[] { target, samples, budget })
        {
            Command.Options.Add(option);
        }
    }

    /// <summary>--target DEVICE.</summary>
    public static Option<string> TargetOption() =>
        new("--target")
        {
            Description = $"The device to learn about: {DesignTargets.Forms}; or the key of a device in the store.",
            HelpName = "DEVICE",
            Required = true,
        };

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        LatencyBand? band = invocation.Value(budget) is { } text ? LatencyBand.Around(OptimizeCommand.Milliseconds(text)) : null;
        using DesignWorkspace workspace = shared.Open(invocation);
        (DeviceKey key, LocalDevice? local) = DesignTargets.Target(workspace, invocation.Value(target)!);
        ImmutableArray<SpacePoint> points = await SamplesAsync(invocation, workspace, key, local, invocation.Value(samples), invocation.Value(shared.Seed));
        ProxyDecision decision = await new ProxyAssessment(workspace.Session).RunAsync(key, points, band, invocation.Cancellation);
        return Result(invocation, decision, key, band);
    }

    /// <summary>Measures samples on a target of this machine; takes those of the store for others.</summary>
    internal static async Task<ImmutableArray<SpacePoint>> SamplesAsync(
        Invocation invocation, DesignWorkspace workspace, DeviceKey key, LocalDevice? local, int count, int seed)
    {
        if (count < 1)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--samples {count} is below 1.", "Use --samples 30.");
        }

        if (local is null)
        {
            return [.. workspace.Session.MeasuredOn(key).Select(sample => sample.Point)];
        }

        ImmutableArray<SpacePoint> points = await workspace.Session.SampleAsync(count, seed, workspace.Session.EncoderOf(key), invocation.Cancellation);
        invocation.Progress.Announce($"design  measuring {Units.Counted(points.Length, "design")} of {workspace.Space.Family} on {local}");
        using LocalMeasurer measurer = await DesignTargets.MeasurerAsync(workspace, local, invocation);
        await DesignTargets.MeasuringAsync(workspace, async () => await workspace.Session.MeasureAsync(
            measurer,
            points,
            withUnits: false,
            (done, all) => invocation.Progress.Report($"design  {done} of {all} designs measured"),
            invocation.Cancellation));
        return points;
    }

    private CommandResult Result(Invocation invocation, ProxyDecision decision, DeviceKey key, LatencyBand? band)
    {
        var data = new
        {
            Target = key.ToString(),
            decision.Action,
            decision.Samples,
            decision.Unsupported,
            decision.MoreSamples,
            decision.Reasons,
            Band = band is { } limits ? new { limits.Low, limits.High } : null,
            Proxies = decision.Proxies.Select(rank => new
            {
                rank.Proxy,
                Spearman = rank.Overall.Estimate,
                rank.Overall.Low,
                rank.Overall.High,
                rank.Overall.Count,
                InBand = rank.InBand?.Estimate,
                Excess95 = double.IsNaN(rank.Excess95) ? (double?)null : rank.Excess95,
            }).ToArray(),
        };
        string name = invocation.Value(target)!;
        return new CommandResult(data, report =>
        {
            report.Line($"{key}: {Units.Counted(decision.Samples, "design")} measured, {decision.Unsupported} do not run");
            if (!decision.Proxies.IsEmpty)
            {
                ReportTable.Print(
                    report,
                    ["proxy", ">rank correlation", ">in your band", ">95 % of pairs cost at most"],
                    decision.Proxies.Select(rank => new[]
                    {
                        rank.Proxy,
                        $"{rank.Overall}",
                        rank.InBand is { } inside ? $"{inside}" : "-",
                        double.IsNaN(rank.Excess95) ? "-" : Units.Percent(rank.Excess95),
                    }));
            }

            report.Line($"decision  {Word(decision.Action)}");
            foreach (string reason in decision.Reasons)
            {
                report.Line($"          {reason}");
            }
        })
        {
            Next = decision.Action switch
            {
                ProxyAction.MeasureMore when decision.Proxies.IsEmpty =>
                    PrintedCommand.Of(["design", "proxy", "build", .. shared.Given(invocation), "--device", "local"]),
                ProxyAction.Adapt or ProxyAction.DoNotUse =>
                    PrintedCommand.Of(["design", "adapt", .. shared.Given(invocation), "--target", name, "--samples", "50"]),
                // Answers are measured before they are given, so only this machine can be optimised for.
                _ when name.StartsWith(LocalDevice.Prefix, StringComparison.Ordinal) =>
                    PrintedCommand.Of(["design", "optimize", .. shared.Given(invocation), "--target", name, "--budget", "5ms", "-o", "best.onnx"]),
                _ => null,
            },
        };
    }

    private static string Word(ProxyAction action) => action switch
    {
        ProxyAction.Accept => "accept the best proxy",
        ProxyAction.AcceptWithLayers => "accept the best proxy, three layers of its front",
        ProxyAction.Adapt => "adapt the proxies",
        ProxyAction.DoNotUse => "do not use a proxy as it is",
        _ => "measure more",
    };
}
