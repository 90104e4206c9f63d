using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Targets;

namespace Attune.Cli.Design;

/// <summary>
/// <c>attune design space check</c>: reads a family of models, says what is wrong with it or how large it is, and builds a few of its members.
/// </summary>
internal sealed class SpaceCheckCommand : CliCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "The JSON file that describes the family." };
    private readonly Option<int> designs = new("--designs")
    {
        Description = "Random members to build and look at.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };
    private readonly Option<int> seed = new("--seed") { Description = "Seed of the members.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly PrecisionsOption precisions = new();
    private readonly Option<bool> allow = new("--allow-programs") { Description = "Allow to run the program that the space names to build its models." };

    public SpaceCheckCommand()
        : base(
            "check",
            "Check a file that describes a family of models; build some members and count their execution units.",
            "attune design space check space.json",
            "attune design space check space.json --designs 100 --json",
            "attune design space check space.json --precisions f32,i8")
    {
        Command.Arguments.Add(file);
        foreach (Option option in new Option[] { designs, seed, precisions.Option, allow })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        int count = invocation.Value(designs);
        if (count is < 1 or > 10_000)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"--designs {count} is not in 1 to 10000.", "attune design space check --help");
        }

        string path = invocation.Value(file)!;
        DesignSpace space = precisions.Apply(invocation, SpaceFile.Read(path));
        string folder = Path.Combine(Path.GetTempPath(), $"attune-designs-{Guid.NewGuid():N}");
        try
        {
            var networks = new DesignNetworks(space, folder, invocation.Value(allow), invocation.Clock);
            return await LookAsync(invocation, path, space, networks, space.Build is EncodingOnly ? 0 : count);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private async Task<CommandResult> LookAsync(Invocation invocation, string path, DesignSpace space, DesignNetworks networks, int count)
    {
        var encoder = new UnitEncoder(networks, 1, HostTarget.Widest);
        var random = new Random(invocation.Value(seed));
        var rows = new List<(string Id, ImmutableSortedDictionary<string, string> Genes, EncodedDesign? Design, string? Problem)>();
        for (int i = 0; i < count; i++)
        {
            SpacePoint point = space.Sample(random);
            (EncodedDesign? design, string? problem) = await encoder.EncodeAsync(point, invocation.Cancellation);
            rows.Add((space.IdOf(point), space.Describe(point), design, problem));
            invocation.Progress.Report($"check   {i + 1} of {count} designs");
        }

        EncodedDesign[] built = [.. rows.Select(row => row.Design).OfType<EncodedDesign>()];
        int valid = space.Enumerate()?.Length ?? 0;
        var data = new
        {
            space.Family,
            Genes = space.Genes.Length,
            Rules = space.Rules.Length,
            Points = space.Points.ToString(),
            Designs = valid > 0 ? (int?)valid : null,
            Build = space.Build.Identity,
            Built = built.Length,
            Unsupported = rows.Where(row => row.Problem is not null).Select(row => new { row.Id, row.Problem }).ToArray(),
            Units = built.SelectMany(design => design.Counts.Keys).Distinct().Count(),
            Members = rows.Where(row => row.Design is not null).Select(row => new
            {
                row.Id,
                row.Genes,
                row.Design!.Flops,
                row.Design.Launches,
                Kinds = row.Design.Counts.Count,
                row.Design.Bytes,
                row.Design.Footprint.PeakBytes,
                row.Design.Footprint.WeightBytes,
            }).ToArray(),
        };
        return new CommandResult(data, report =>
        {
            report.Line($"{data.Family}: {Units.Counted(data.Genes, "gene")}, {data.Rules} rule{(data.Rules == 1 ? string.Empty : "s")}, "
                + $"{(data.Designs is { } exact ? $"{Units.Counted(exact, "design")}" : $"at most {Units.Count((double)space.Points)} designs")}");
            report.Line($"build   {(space.Build is EncodingOnly ? "none: the space only encodes designs" : data.Build)}");
            if (built.Length > 0)
            {
                report.Line($"        {built.Length} of {count} random members can be built; {data.Units} different execution units in all");
                report.Line(string.Empty);
                ReportTable.Print(
                    report,
                    ["design", ">multiply-adds", ">units", ">different", ">peak memory", ">size"],
                    data.Members.OrderBy(member => member.Flops).Take(20).Select(member => new[]
                    {
                        member.Id[..12],
                        Units.Count(member.Flops / 2.0),
                        $"{member.Launches}",
                        $"{member.Kinds}",
                        Units.Bytes(member.PeakBytes),
                        Units.Bytes(member.WeightBytes),
                    }));
            }
        })
        {
            Failure = count > 0 && built.Length == 0
                ? new Failure(
                    ExitCode.Model, ErrorCodes.UnbuildableSpace, $"None of {count} members of '{space.Family}' can be built: {rows[0].Problem}",
                    space.Build is CommandBuild
                        ? "Run the program by hand; with --allow-programs it is run here."
                        : "Change the template's sizes.")
                { Where = path }
                : null,
            Warnings = built.Length > 0 && built.Length < count
                ? [$"{count - built.Length} of {count} members cannot be built, the first because: {rows.First(row => row.Problem is not null).Problem}"]
                : [],
            Next = space.Build is EncodingOnly
                ? null
                : PrintedCommand.Of(["design", "proxy", "build", "--space", path, .. invocation.Given(precisions.Option, allow), "--device", "local"]),
        };
    }
}
