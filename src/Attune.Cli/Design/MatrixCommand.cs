using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Data;
using Attune.Design.Ranking;
using Attune.Experiments.Designs;
using Attune.Experiments.Reports;
using Attune.Numerics.Words;
using ReportTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Design;

/// <summary><c>attune design matrix</c>: rank correlations between measured devices, and which would make the best proxies.</summary>
internal sealed class MatrixCommand : CliCommand
{
    private const int WidestOnScreen = 12;
    private readonly Option<string?> data = MeasuredData.Option();
    private readonly LocalMatrix local = new();
    private readonly Option<string[]> devices = new("--devices")
    {
        Description = "Only these devices, separated by commas. Default: all. With --space: ways of running on this machine, such as "
            + "local:threads=1 local:batch=4 local:device=opencl:0.",
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for report.html (a heat map), report.md and report.json. Default: none are written.",
        HelpName = "DIR",
    };

    public MatrixCommand()
        : base(
            "matrix",
            "Rank correlation of latencies between all pairs of measured devices: which device can stand for which.",
            "attune design matrix --data measurements",
            "attune design matrix --data measurements --devices Pixel3,Raspi4 --json",
            "attune design matrix --space space.json --devices local:threads=1 local:threads=1,batch=4 --samples 40 -o matrix")
    {
        Command.Options.Add(data);
        Command.Options.Add(devices);
        Command.Options.Add(output);
        local.AddTo(Command);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        if (local.IsWanted(invocation))
        {
            return local.RunAsync(invocation, invocation.Value(devices)!, invocation.Value(output));
        }

        DesignFolder folder = MeasuredData.Read(MeasuredData.Path(invocation, data));
        ImmutableArray<DeviceColumn> chosen = Chosen(
            folder,
            [.. invocation.Value(devices)!.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))]);
        var matrix = RankMatrix.Of(chosen);
        double[] pairs = matrix.Pairs();
        var document = new
        {
            folder.Designs,
            matrix.Devices,
            Matrix = Enumerable.Range(0, matrix.Devices.Length).Select(
                i => Enumerable.Range(0, matrix.Devices.Length).Select(j => Finite(matrix[i, j])).ToArray()).ToArray(),
            Mean = pairs.Length == 0 ? (double?)null : pairs.Average(),
            ByMean = matrix.ByMean().Select(entry => new { entry.Device, Mean = Finite(entry.Mean) }).ToArray(),
        };
        return Task.FromResult(new CommandResult(document, report =>
        {
            if (matrix.Devices.Length <= WidestOnScreen)
            {
                ReportTable.Print(
                    report,
                    [string.Empty, .. matrix.Devices.Select(device => $">{device}")],
                    matrix.Devices.Select(
                        (device, i) => new[] { device }.Concat(Enumerable.Range(0, matrix.Devices.Length).Select(j => Cell(matrix[i, j]))).ToArray()));
                report.Line(string.Empty);
            }

            ReportTable.Print(report, ["proxy", ">mean rank correlation"], matrix.ByMean().Select(entry => new[] { entry.Device, Cell(entry.Mean) }));
            report.Line(string.Empty);
            report.Line(pairs.Length == 0
                ? "No two devices can be compared."
                : $"{Units.Counted(folder.Designs, "design")}, {pairs.Length} pairs of devices: mean {pairs.Average():0.000}, "
                    + $"{100.0 * pairs.Count(pair => pair >= 0.9) / pairs.Length:0} % are at least 0.9");
        })
        {
            Warnings = folder.Warnings,
            Written = invocation.Value(output) is { } target
                ? ReportFiles.Write(
                    target,
                    MatrixReport.Of(
                        "Measured devices",
                        $"{Units.Counted(folder.Designs, "design")} on {Units.Counted(matrix.Devices.Length, "device")}.",
                        matrix.Devices,
                        [.. matrix.Values],
                        [],
                        [$"Data: {folder.Path}", $"Date: {invocation.Clock.GetUtcNow():yyyy-MM-dd}", .. folder.Warnings]),
                    document)
                : [],
            Next = PrintedCommand.Of("design", "report", "--data", folder.Path, "-o", "report"),
        });
    }

    private static ImmutableArray<DeviceColumn> Chosen(DesignFolder folder, string[] names)
    {
        foreach (string name in names.Where(name => folder.Devices.All(device => device.Name != name)))
        {
            string meant = NearMiss.Find(name, folder.Devices.Select(device => device.Name)) is { } near ? $" Did you mean '{near}'?" : string.Empty;
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no device '{name}' in {folder.Path}.{meant}",
                $"The devices are {string.Join(", ", folder.Devices.Select(device => device.Name))}.");
        }

        return names.Length == 0 ? folder.Devices : [.. names.Distinct().Select(folder.Device)];
    }

    private static double? Finite(double value) => double.IsNaN(value) ? null : value;

    private static string Cell(double value) => double.IsNaN(value) ? "-" : $"{value:0.00}";
}
