namespace Attune.Cohort.Tables;

/// <summary>
/// Approximations of the rest of a job at one setting, loss and speed-up ascending; the first row is exact (design paper, 1.9). Rows of a network's own table
/// come from the greedy knapsack: stages are replaced in the order of time saved per point of accuracy lost. Immutable; look-ups allocate nothing, O(log n).
/// </summary>
internal sealed class ApproximationTable
{
    private readonly ApproximationRow[] rows;

    private ApproximationTable(ApproximationRow[] rows) => this.rows = rows;

    /// <summary>The table of work that can only be done exactly.</summary>
    public static ApproximationTable ExactOnly { get; } = new([new ApproximationRow(1, 0, 0)]);

    /// <summary>The rows.</summary>
    public ReadOnlySpan<ApproximationRow> Rows => rows;

    /// <summary>The fastest row.</summary>
    public ref readonly ApproximationRow Fastest => ref rows[^1];

    /// <summary>Builds a table; rows that another one beats in loss and speed-up are left out.</summary>
    /// <param name="candidates">At least one row; one of them without loss.</param>
    public static ApproximationTable Of(IEnumerable<ApproximationRow> candidates)
    {
        var kept = new List<ApproximationRow>();
        foreach (ApproximationRow row in candidates.OrderBy(row => row.Loss).ThenByDescending(row => row.SpeedUp))
        {
            if (kept.Count == 0 || row.SpeedUp > kept[^1].SpeedUp)
            {
                kept.Add(row);
            }
        }

        return new ApproximationTable([.. kept]);
    }

    /// <summary>The least loss that is fast enough; the fastest row when none is.</summary>
    /// <param name="required">Speed-up that is needed over the exact rest; 1 or less asks for nothing.</param>
    /// <param name="feasible">False when no row is fast enough.</param>
    public ref readonly ApproximationRow Lookup(double required, out bool feasible)
    {
        int low = 0;
        int high = rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (rows[middle].SpeedUp >= required)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        feasible = low < rows.Length;
        return ref rows[feasible ? low : ^1];
    }
}
