namespace Attune.Cohort.Tables;

/// <summary>
/// The order in which stages are replaced by approximations at one setting: by time saved per point of accuracy lost, replacements that save nothing left out
/// (design paper, 1.9). A stage with several forms takes them along the hull of loss and gain, so that the order is right for every one of them.
/// </summary>
internal sealed class StageReplacements
{
    private readonly List<(int Stage, int Variant, double Gain, double Loss)> steps = [];

    /// <summary>Finds the order.</summary>
    /// <param name="time">Time of (variant, stage), microseconds.</param>
    /// <param name="loss">Loss of (variant, stage), points.</param>
    /// <param name="variants">Variants, the exact one included.</param>
    /// <param name="stages">Stages.</param>
    public StageReplacements(Func<int, int, double> time, Func<int, int, double> loss, int variants, int stages)
    {
        for (int stage = 0; stage < stages; stage++)
        {
            double exact = time(0, stage);

            // Time left and loss, as a hull: each further form must pay less for its loss than the one before.
            StageHull.Point[] forms = StageHull.Of(Enumerable.Range(0, variants)
                .Select(variant => new StageHull.Point(variant, time(variant, stage), loss(variant, stage)))
                .Where(form => form.Setting == 0 || form.Time < exact));
            double before = exact;
            double lost = 0;
            foreach (StageHull.Point form in forms.Where(form => form.Time < exact))
            {
                steps.Add((stage, form.Setting, before - form.Time, form.Cost - lost));
                before = form.Time;
                lost = form.Cost;
            }
        }

        steps.Sort((left, right) =>
        {
            // Gains without loss come first; equal prices keep the order of stages.
            int order = (right.Gain * left.Loss).CompareTo(left.Gain * right.Loss);
            return order != 0 ? order : left.Stage.CompareTo(right.Stage);
        });
    }

    /// <summary>True when nothing can be replaced.</summary>
    public bool IsEmpty => steps.Count == 0;

    /// <summary>The approximations of the rest of a job.</summary>
    /// <param name="next">First stage of the rest.</param>
    /// <param name="exactRest">Time of the exact rest, microseconds.</param>
    public ApproximationTable Of(int next, double exactRest)
    {
        var rows = new List<ApproximationRow> { new(1, 0, 0) };
        double left = exactRest;
        double lost = 0;
        int nextVariant = 0;
        foreach ((int stage, int variant, double gain, double loss) in steps.Where(step => step.Stage >= next))
        {
            left -= gain;
            lost += loss;
            nextVariant = stage == next ? variant : nextVariant;
            rows.Add(new ApproximationRow(exactRest / left, lost, nextVariant));
        }

        return ApproximationTable.Of(rows);
    }

    /// <summary>Variants of all stages in the least loss that makes a job fast enough; the fastest ones when none is.</summary>
    /// <param name="stages">Stages.</param>
    /// <param name="exactUs">Time of the exact job, microseconds.</param>
    /// <param name="withinUs">Time that it may take, microseconds.</param>
    public int[] Choose(int stages, double exactUs, double withinUs)
    {
        int[] variants = new int[stages];
        double left = exactUs;
        foreach ((int stage, int variant, double gain, _) in steps)
        {
            if (left <= withinUs)
            {
                break;
            }

            variants[stage] = variant;
            left -= gain;
        }

        return variants;
    }
}
