using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Records.Documents;
using Attune.Records.Lines;

namespace Attune.Cohort.Decision;

/// <summary>
/// Decisions as a file of lines, each a JSON object, with a checksum or without: the first says which cohort it was, every other one is a decision with all
/// that went into it. Numbers are written so that reading gives the same bits back. Stateless.
/// </summary>
public static class DecisionFile
{
    /// <summary>Version of the format that this build writes and reads.</summary>
    public const int Schema = 1;

    /// <summary>How such a file is known and called.</summary>
    public static readonly LineFileKind Kind = new(
        "a cohort's decisions",
        "the header of a decision log",
        "name another file with --log FILE",
        static line => line.StartsWith("{\"attune_decisions\":"u8))
    { TakesPlainLines = true };

    private const int InputNumbers = 5;
    private const int LongestLine = 1 << 16;

    /// <summary>The first line: enough to tell whether a plan and its profiles are those of the log.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="policy">Who decided.</param>
    public static string Header(CohortSetup setup, string policy) => JsonSerializer.Serialize(new
    {
        attune_decisions = Schema,
        plan = setup.Plan.Name,
        policy,
        members = setup.Members.Select(member => new { name = member.Name, stages = member.Profile.Stages.Length, variants = member.Profile.Variants.Length }),
        settings = Enumerable.Range(0, setup.Settings).Select(setup.SettingText),
    });

    /// <summary>A decision as a line.</summary>
    public static string Line(DecisionEntry entry) => JsonSerializer.Serialize(new
    {
        us = entry.NowUs,
        member = entry.Member,
        mode = CohortModes.NameOf(entry.Mode),
        applied = entry.Applied,
        wish = entry.Wish == StageChoice.Keep ? (int?)null : entry.Wish,
        urgent = entry.Urgent,
        after = entry.AppliedAfter,
        variant = entry.Variant,
        removed = entry.Removed,
        members = entry.Inputs.Select(
            input =>
                input.Running
                    ? new double?[] { input.Stage, input.LagUs, double.IsFinite(input.Need) ? input.Need : null, input.BudgetUs, input.Slowdown }
                    : null),
    });

    /// <summary>Reads decisions line by line; a file may be larger than memory.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="setup">The cohort that it should be of.</param>
    /// <param name="problems">Told what is wrong, with the line; reading ends there.</param>
    public static IEnumerable<DecisionEntry> Read(IEnumerable<string> lines, CohortSetup setup, Action<DocumentProblem> problems)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            ImmutableArray<DocumentProblem>.Builder wrong = ImmutableArray.CreateBuilder<DocumentProblem>();
            DecisionEntry? entry = null;
            if (line.Length > LongestLine)
            {
                wrong.Add(new DocumentProblem(string.Empty, $"{line.Length} characters are more than a decision has"));
            }
            else if ((LineLog.JsonOf(Encoding.UTF8.GetBytes(line), Kind) ?? (line.StartsWith('{') ? null : Encoding.UTF8.GetBytes(line))) is not { } json)
            {
                wrong.Add(new DocumentProblem(string.Empty, "this is no JSON object, or another one than its checksum was made for"));
            }
            else if (number == 1)
            {
                _ = DocumentFile.Parse(json, wrong, root => CheckHeader(root, setup));
            }
            else
            {
                entry = DocumentFile.Parse(json, wrong, root => Entry(root, setup));
            }

            foreach (DocumentProblem problem in wrong)
            {
                problems(problem with { Path = $"line {number}{(problem.Path.Length == 0 ? string.Empty : $", {problem.Path}")}" });
            }

            if (wrong.Count > 0)
            {
                yield break;
            }

            if (entry is not null)
            {
                yield return entry;
            }
        }

        if (number == 0)
        {
            problems(new DocumentProblem(string.Empty, "the file is empty"));
        }
    }

    private static string? CheckHeader(DocumentObject root, CohortSetup setup)
    {
        if (root.Whole("attune_decisions", 1, int.MaxValue, required: true) is { } schema && schema != Schema)
        {
            root.Problem("attune_decisions", $"this is version {schema}, this version of Attune reads {Schema}");
        }

        if (root.Text("policy", required: true) is { } policy && policy != PolicyCatalog.NeuOs)
        {
            root.Problem("policy", $"only decisions of {PolicyCatalog.NeuOs} can be made again, these are of {policy}");
        }

        string[] members = [.. root.List("members", CohortPlan.MaxMembers, required: true).Select(each => MemberOf(root.Below(each.Element, each.Path)))];
        string[] expected = [.. setup.Members.Select(
            member => $"{member.Name} ({member.Profile.Stages.Length} stages, {member.Profile.Variants.Length} variants)")];
        if (!members.SequenceEqual(expected))
        {
            root.Problem("members", $"the log is of {string.Join(", ", members)}, the plan of {string.Join(", ", expected)}");
        }

        string?[] settings = [.. root.List("settings", int.MaxValue, required: true).Select(
            each => each.Element.ValueKind == JsonValueKind.String ? each.Element.GetString() : null)];
        if (!settings.SequenceEqual(Enumerable.Range(0, setup.Settings).Select(setup.SettingText)))
        {
            root.Problem("settings", "the log was written with other settings than the plan's profiles have");
        }

        return root.Text("plan");
    }

    private static string MemberOf(DocumentObject fields) =>
        $"{fields.Text("name", required: true)} ({fields.Whole("stages", 1, int.MaxValue, required: true)} stages, "
        + $"{fields.Whole("variants", 1, int.MaxValue, required: true)} variants)";

    private static DecisionEntry Entry(DocumentObject root, CohortSetup setup)
    {
        int member = root.Whole("member", 0, setup.Members.Length - 1, required: true) ?? 0;
        int last = setup.Settings - 1;
        ImmutableArray<(JsonElement Element, string Path)> each = root.List("members", CohortPlan.MaxMembers, required: true);
        if (each.Length != setup.Members.Length)
        {
            root.Problem("members", $"{each.Length} members where the plan has {setup.Members.Length}");
        }

        ImmutableArray<DecisionInput> inputs = [.. each.Select(
            (input, i) => Input(root, input.Element, input.Path, i < setup.Members.Length ? setup.Members[i].Profile.Stages.Length : 0))];
        if (member < inputs.Length && !inputs[member].Running)
        {
            root.Problem("member", "the member that decided had no job");
        }

        ImmutableArray<double> removed = root.Has("removed") ? root.Numbers("removed", -1, 0, last) : [];
        if (removed.Distinct().Count() == setup.Settings)
        {
            root.Problem("removed", "no setting is left");
        }

        var entry = new DecisionEntry(
            root.Number("us", 0, double.MaxValue, required: true) ?? 0,
            member,
            root.Word("mode", CohortModes.Names, required: true) is { } mode ? CohortModes.Find(mode) ?? default : default,
            root.Whole("applied", 0, last, required: true) ?? 0,
            inputs,
            root.Whole("wish", 0, last) ?? StageChoice.Keep,
            root.Flag("urgent") ?? false,
            root.Whole("after", 0, last, required: true) ?? 0,
            root.Whole("variant", 0, setup.Members[member].Profile.Variants.Length - 1, required: true) ?? 0)
        {
            Removed = [.. removed.Select(setting => (int)setting)],
        };
        root.RefuseOthers();
        return entry;
    }

    private static DecisionInput Input(DocumentObject root, JsonElement element, string path, int stages)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        double?[] numbers = element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Take(InputNumbers + 1).Select(Number)] : [];
        bool isWhole = numbers.Length == InputNumbers && numbers[0] is { } stage && stage >= 0 && stage < stages && stage == Math.Floor(stage);
        if (!isWhole || numbers[1] is null || numbers[3] is null || numbers[4] is not > 0)
        {
            root.Problem(path, $"null, or stage, LAG, need, budget and slowdown are expected, with a stage below {stages}");
            return default;
        }

        return new DecisionInput(true, (int)numbers[0]!.Value, numbers[1]!.Value, numbers[2] ?? double.PositiveInfinity, numbers[3]!.Value, numbers[4]!.Value);
    }

    private static double? Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;
}
