using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Experiments.Designs;
using Attune.Experiments.Reports;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using ReportTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Design;

/// <summary>
/// <c>attune design matrix --space</c>: measures the same members of a family in several ways of running on this machine: rank correlations, and what adapting
/// each to each other gains.
/// </summary>
internal sealed class LocalMatrix
{
    private readonly DesignOptions shared = new(needed: false);
    private readonly Option<int> samples = new("--samples")
    {
        Description = "With --space: designs measured on each.",
        HelpName = "N",
        DefaultValueFactory = _ => 40,
    };

    /// <summary>Adds its options to the command.</summary>
    public void AddTo(Command command)
    {
        shared.AddTo(command);
        command.Options.Add(samples);
    }

    /// <summary>True when the user named a space.</summary>
    public bool IsWanted(Invocation invocation) => invocation.Value(shared.Space) is not null;

    /// <summary>Measures and compares.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="devices">Values of --devices, each one way of running.</param>
    /// <param name="output">Folder for a report; null for none.</param>
    /// <exception cref="CommandFailedException">There are fewer than two ways, or too few samples.</exception>
    public async Task<CommandResult> RunAsync(Invocation invocation, IReadOnlyList<string> devices, string? output)
    {
        int count = invocation.Value(samples);
        LocalDevice[] locals = [.. devices.Select(text => DesignTargets.Local(text, "--devices")).Distinct()];
        if (locals.Length < 2 || count < 2 * DesignSession.EnoughForModel)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                locals.Length < 2
                    ? $"--devices names {locals.Length} different way{(locals.Length == 1 ? string.Empty : "s")} of running; at least two can be compared."
                    : $"--samples {count} is below {2 * DesignSession.EnoughForModel}: half of the designs fit, the others judge.",
                "attune design matrix --space FILE --devices local:threads=1 local:threads=2");
        }

        using DesignWorkspace workspace = shared.Open(invocation);
        DeviceProfile[] profiles = [.. locals.Select(local => DesignTargets.Find(workspace, local))];
        Dictionary<Attune.Design.DeviceKey, LocalDevice> byKey = Distinct(locals, profiles);
        var measurers = new List<LocalMeasurer>();
        DeviceComparisonReport report;
        try
        {
            foreach (LocalDevice local in locals)
            {
                measurers.Add(await DesignTargets.MeasurerAsync(workspace, local, invocation));
            }

            report = await DesignTargets.MeasuringAsync(workspace, () => new DeviceComparison(workspace.Session).RunAsync(
                measurers,
                count,
                invocation.Value(shared.Seed),
                (device, done, all) => invocation.Progress.Report($"matrix  {byKey[device]}: {done} of {all} designs measured"),
                invocation.Cancellation));
        }
        finally
        {
            measurers.ForEach(measurer => measurer.Dispose());
        }

        string[] conditions =
        [
            $"Machine: {workspace.Cpu.Fingerprint.Id}",
            .. profiles.Where(profile => profile.Kind != TargetKind.Cpu).Distinct().Select(profile => $"{profile.Name}: {profile.Description}, {profile.Id}"),
            $"Date: {invocation.Clock.GetUtcNow():yyyy-MM-dd}",
            $"Command: {PrintedCommand.Of([
                "design", "matrix",
                .. shared.Given(invocation),
                .. devices.SelectMany(device => (string[])["--devices", device]),
                "--samples", $"{count}",
                "--seed", $"{invocation.Value(shared.Seed)}",
            ])}",
        ];
        return Result(report, locals, output, $"Ways of running {workspace.Space.Family} on one machine", conditions);
    }

    // Two equal GPUs with the same driver have one key: measurements of one are those of the other.
    private static Dictionary<Attune.Design.DeviceKey, LocalDevice> Distinct(LocalDevice[] locals, DeviceProfile[] profiles)
    {
        var byKey = new Dictionary<Attune.Design.DeviceKey, LocalDevice>();
        foreach ((LocalDevice local, DeviceProfile profile) in locals.Zip(profiles))
        {
            if (!byKey.TryAdd(local.KeyOn(profile), local))
            {
                throw new CommandFailedException(
                    ExitCode.Usage,
                    ErrorCodes.BadValue,
                    $"--devices: {byKey[local.KeyOn(profile)]} and {local} are devices of one kind with one driver ({profile.Id}), which count as one device.",
                    "Leave one of them out.");
            }
        }

        return byKey;
    }

    private static CommandResult Result(DeviceComparisonReport report, LocalDevice[] locals, string? output, string title, string[] conditions)
    {
        string[] names = [.. locals.Select(local => local.ToString())];
        string Name(Attune.Design.DeviceKey key) => names[report.Matrix.Devices.IndexOf(key.ToString())];
        double? Known(double value) => double.IsNaN(value) ? null : value;
        var data = new
        {
            Devices = names,
            report.Designs,
            Spearman = Enumerable.Range(0, names.Length).Select(
                i => Enumerable.Range(0, names.Length).Select(j => Known(report.Matrix[i, j])).ToArray()).ToArray(),
            Adapted = report.Pairs.Select(pair => new
            {
                Proxy = Name(pair.Proxy),
                Target = Name(pair.Target),
                Raw = Known(pair.Raw),
                Adapted = Known(pair.Adapted),
                pair.Samples,
                pair.Unseen,
            }).ToArray(),
        };
        string[][] pairs = [.. data.Adapted.Select(pair => new[]
        {
            pair.Proxy, pair.Target, pair.Raw is { } raw ? $"{raw:0.000}" : "-", pair.Adapted is { } adapted ? $"{adapted:0.000}" : "-", $"{pair.Samples}",
        })];
        ImmutableArray<string> written = output is null
            ? []
            : ReportFiles.Write(
                output, MatrixReport.Of(
                    title, $"{Units.Counted(report.Designs, "design")} on {names.Length} ways of running.", [.. names], [.. report.Matrix.Values],
                    [.. pairs.Select(pair => pair.ToImmutableArray())], [.. conditions]), data);
        return new CommandResult(data, lines =>
        {
            lines.Line($"rank correlations over {Units.Counted(report.Designs, "design")}");
            ReportTable.Print(
                lines,
                ["device", .. names.Select((_, i) => $">{i + 1}")],
                names.Select((name, i) => (string[])[$"{i + 1} {name}", .. names.Select((_, j) => data.Spearman[i][j] is { } value ? $"{value:0.00}" : "-")]));
            lines.Line(string.Empty);
            lines.Line("adapted with half of the designs, judged by the others");
            ReportTable.Print(
                lines,
                ["proxy", "target", ">as it is", ">adapted", ">measured"],
                pairs);
        })
        {
            Written = written,
        };
    }
}
