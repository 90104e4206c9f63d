using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Plans;

/// <summary>Reads plan.json. Comments and trailing commas are allowed, unknown fields are not; all problems are reported together. Stateless.</summary>
public static class PlanFile
{
    /// <summary>Schema that this build reads.</summary>
    public const int Schema = 1;

    private const long LargestFile = 1 << 20;
    private const double MaxMs = 1e6;

    private static readonly ImmutableArray<string> Meters = ["auto", "none", "rapl", "hwmon", "nvml", "estimated"];
    private static readonly ImmutableArray<string> Horizons = ["rest", "next", "next-relative"];
    private static readonly ImmutableArray<string> Costs = ["energy", "power"];

    /// <summary>Reads a plan from a file; its paths are relative to the file's folder.</summary>
    public static Result<CohortPlan, DocumentError> Read(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        return DocumentFile.Read(path, LargestFile, root => Read(root, folder, Path.GetFileNameWithoutExtension(path)));
    }

    /// <summary>Reads a plan from bytes.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="folder">Folder that its paths are relative to.</param>
    public static Result<CohortPlan, DocumentError> Parse(ReadOnlyMemory<byte> bytes, string folder) =>
        DocumentFile.Parse(bytes, root => Read(root, folder, "plan"));

    internal static CohortPlan Read(DocumentObject root, string folder, string name)
    {
        if (root.Whole("schema", 1, int.MaxValue, required: true) is { } schema && schema != Schema)
        {
            root.Problem("schema", $"this is schema {schema}, this version of Attune reads {Schema}");
        }

        var plan = new CohortPlan
        {
            Name = root.Text("name") ?? name,
            Folder = folder,
            Mode = root.Word("mode", CohortModes.Names) is { } mode ? CohortModes.Find(mode) ?? default : default,
            Knobs = Knobs(root),
            Meter = root.Word("meter", Meters) ?? "auto",
            Control = root.Object("control") is { } control ? Control(control) : new ControlOptions(),
            Members = Members(root),
        };
        root.RefuseOthers();
        return plan;
    }

    private static ImmutableArray<string> Knobs(DocumentObject root)
    {
        ImmutableArray<(JsonElement Element, string Path)> list = root.List("knobs", 64);
        if (list.Any(each => each.Element.ValueKind != JsonValueKind.String))
        {
            root.Problem("knobs", "names of knobs are expected");
            return [];
        }

        return [.. list.Select(each => each.Element.GetString()!)];
    }

    private static ControlOptions Control(DocumentObject fields)
    {
        var usual = new ControlOptions();
        var options = new ControlOptions
        {
            Horizon = fields.Word("horizon", Horizons) is { } horizon ? (RecoveryHorizon)Horizons.IndexOf(horizon) : usual.Horizon,
            Cost = fields.Word("cost", Costs) is { } cost ? (CostMeasure)Costs.IndexOf(cost) : usual.Cost,
            Strict = fields.Flag("strict") ?? usual.Strict,
            Guard = fields.Number("guard", 0, 1) ?? usual.Guard,
            Reserve = fields.Number("reserve", 0, 0.5) ?? usual.Reserve,
            SpreadReserve = fields.Number("spread_reserve", 0, 10) ?? usual.SpreadReserve,
            MissReserve = fields.Number("miss_reserve", 0, 0.5) ?? usual.MissReserve,
            DwellUs = (fields.Number("dwell_ms", 0, 1e4) * 1000) ?? usual.DwellUs,
            SwitchUs = fields.Number("switch_us", 0, 1e6) ?? usual.SwitchUs,
            AbortLate = fields.Flag("abort_late") ?? usual.AbortLate,
        };
        fields.RefuseOthers();
        return options;
    }

    private static ImmutableArray<CohortMember> Members(DocumentObject root)
    {
        ImmutableArray<CohortMember>.Builder members = ImmutableArray.CreateBuilder<CohortMember>();
        ImmutableArray<(JsonElement Element, string Path)> list = root.List("members", CohortPlan.MaxMembers, required: true);
        foreach ((JsonElement element, string path) in list)
        {
            DocumentObject fields = root.Below(element, path);
            CohortMember member = Member(fields);
            int count = fields.Whole("count", 1, CohortPlan.MaxMembers) ?? 1;
            fields.RefuseOthers();
            members.AddRange(count == 1 ? [member] : Enumerable.Range(1, count).Select(i => member with { Name = $"{member.Name}-{i}" }));
        }

        if (members.Count == 0 && root.Has("members"))
        {
            root.Problem("members", "at least one member is needed");
        }

        if (members.Count > CohortPlan.MaxMembers)
        {
            root.Problem("members", $"{members.Count} members are more than {CohortPlan.MaxMembers}");
        }

        foreach (string twice in members.GroupBy(member => member.Name).Where(same => same.Skip(1).Any()).Select(same => same.Key))
        {
            root.Problem("members", $"two members are called '{twice}'");
        }

        return members.ToImmutable();
    }

    private static CohortMember Member(DocumentObject fields)
    {
        var member = new CohortMember(fields.Text("name", required: true) ?? string.Empty)
        {
            Model = fields.Text("model"),
            Profile = fields.Text("profile"),
            Tables = fields.Text("tables"),
            DeadlineUs = fields.Number("deadline_ms", 1e-3, MaxMs) * 1000,
            DeadlineFactor = fields.Number("deadline_factor", 0.01, 1000),
            PeriodUs = fields.Number("period_ms", 1e-3, MaxMs) * 1000,
            Weight = fields.Whole("weight", 1, 100) ?? 1,
        };
        if (!(fields.Has("profile") ^ fields.Has("tables")))
        {
            fields.Problem(string.Empty, "exactly one of profile and tables is needed");
        }

        if (!(fields.Has("deadline_ms") ^ fields.Has("deadline_factor")))
        {
            fields.Problem(string.Empty, "exactly one of deadline_ms and deadline_factor is needed");
        }

        if (member.PeriodUs < member.DeadlineUs)
        {
            fields.Problem("period_ms", "the period is shorter than the deadline");
        }

        return member;
    }
}
