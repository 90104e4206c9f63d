using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Plans;

/// <summary>
/// Reads what a running cohort is asked to change: a whole plan (it has a schema), or only the fields that may change while it runs, <c>mode</c> and of members
/// named by <c>name</c> their <c>deadline_ms</c> or <c>deadline_factor</c> and <c>period_ms</c>. Fields are read as those of a plan are; all problems are
/// reported together. Stateless.
/// </summary>
public static class PlanPatch
{
    private const double MaxMs = 1e6;

    /// <summary>Reads a change.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="current">The plan in force.</param>
    /// <returns>The plan as it would be.</returns>
    public static Result<CohortPlan, DocumentError> Parse(ReadOnlyMemory<byte> bytes, CohortPlan current) =>
        DocumentFile.Parse(bytes, root => root.Has("schema") ? PlanFile.Read(root, current.Folder, current.Name) : Changed(root, current));

    private static CohortPlan Changed(DocumentObject root, CohortPlan current)
    {
        CohortMode mode = root.Word("mode", CohortModes.Names) is { } word ? CohortModes.Find(word) ?? current.Mode : current.Mode;
        CohortMember[] members = [.. current.Members];
        ImmutableArray<string> names = [.. members.Select(member => member.Name)];
        var asked = new HashSet<string>();
        foreach ((JsonElement element, string path) in root.List("members", CohortPlan.MaxMembers))
        {
            DocumentObject fields = root.Below(element, path);
            string? name = fields.Word("name", names, required: true);
            double? deadline = fields.Number("deadline_ms", 1e-3, MaxMs) * 1000;
            double? factor = fields.Number("deadline_factor", 0.01, 1000);
            double? period = fields.Number("period_ms", 1e-3, MaxMs) * 1000;
            fields.RefuseOthers();
            if (deadline is not null && factor is not null)
            {
                fields.Problem(string.Empty, "only one of deadline_ms and deadline_factor can be given");
            }

            if (name is null)
            {
                continue;
            }

            if (!asked.Add(name))
            {
                fields.Problem("name", $"'{name}' is changed twice");
            }

            int at = names.IndexOf(name);
            members[at] = members[at] with
            {
                DeadlineUs = deadline ?? (factor is null ? members[at].DeadlineUs : null),
                DeadlineFactor = factor ?? (deadline is null ? members[at].DeadlineFactor : null),
                PeriodUs = period ?? members[at].PeriodUs,
            };
        }

        root.RefuseOthers();
        return current with { Mode = mode, Members = [.. members] };
    }
}
