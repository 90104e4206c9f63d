using System.Runtime.InteropServices;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Decision;

/// <summary>What the decision tree knows about a running member.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TreeMember(
    int member,
    double need,
    double budgetUs,
    double restAtSlowestUs,
    int weight,
    SpeedUpTable table,
    Func<int,
    ApproximationTable>? approximations,
    MemberTables? tables,
    int stage)
{
    public int Member { get; } = member;

    /// <summary>Required speed-up over the slowest setting, S.</summary>
    public double Need { get; } = need;

    public double BudgetUs { get; } = budgetUs;

    /// <summary>Time of the rest of the job at the slowest setting, slowdown included, microseconds.</summary>
    public double RestAtSlowestUs { get; } = restAtSlowestUs;

    public int Weight { get; } = weight;

    public SpeedUpTable Table { get; } = table;

    public int Stage { get; } = stage;

    public ApproximationTable Approximations(int setting) => tables is null ? approximations!(setting) : tables.Approximations(setting, Stage);
}
