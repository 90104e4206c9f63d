using Attune.Learning;
using Attune.Learning.Classification;
using Attune.Tuning.Search;

namespace Attune.Tuning.AutoTvm;

/// <summary>
/// AutoTVM's cost model: boosted trees on performance relative to the best, stopped by the recall of the best points, on top of a fading base model when there
/// is history (margin d * base(x) with d = 2^(-n / 64) for n results, dropped below 0.05). Unless quirks are on, failures are a matter of a feasibility model
/// of their own.
/// </summary>
internal sealed class AutoTvmCostModel
{
    private const double MinFade = 0.05;
    private const double HoldOut = 0.2;
    private readonly AutoTvmOptions options;
    private readonly BoostingLoss loss;
    private readonly GradientBoostedTrees local;
    private readonly FeasibilityModel feasibility = new(new GradientBoostedTreesOptions { Rounds = 20 });
    private readonly GradientBoostedTrees? fadingBase;
    private double fade;

    public AutoTvmCostModel(AutoTvmOptions options, BoostingLoss loss, AutoTvmHistory history)
    {
        this.options = options;
        this.loss = loss;
        GradientBoostedTreesOptions trees = GradientBoostedTreesOptions.Autotvm(loss, options.PlanSize) with { Rounds = options.Rounds };
        local = new GradientBoostedTrees(options.Quirks ? trees : Sound(trees));
        if (history.Rows >= Math.Max(1, options.MinHistory))
        {
            GradientBoostedTreesOptions old = GradientBoostedTreesOptions.AutotvmHistory(loss, options.PlanSize);
            fadingBase = new GradientBoostedTrees(options.Quirks ? old : Sound(old));
            (FeatureTable features, float[] labels) = history.Joined(globally: options.Quirks);
            fadingBase.Fit(features, labels, []);
            fade = 1;
        }
    }

    /// <summary>True when history gives scores before any result is known.</summary>
    public bool KnowsHistory => fadingBase is not null;

    /// <summary>True once <see cref="Fit"/> was called.</summary>
    public bool IsFitted { get; private set; }

    /// <summary>Learns everything the memory holds; it must hold a timed point.</summary>
    public void Fit(SearchMemory memory, int seed)
    {
        FeatureTable timed = memory.TimedFeatures ?? throw new InvalidOperationException("A cost model needs at least one timed point.");
        double fastest = memory.Timed.Min(observation => observation.TimeMs);
        var rows = new FeatureTable(timed.Columns, memory.Told);
        var labels = new List<float>(memory.Told);
        for (int row = 0; row < timed.Rows; row++)
        {
            rows.Add(timed.Row(row));
            labels.Add((float)(fastest / memory.Timed[row].TimeMs));
        }

        if (memory.FailedFeatures is { } failed)
        {
            for (int row = 0; options.Quirks && row < failed.Rows; row++)
            {
                rows.Add(failed.Row(row));
                labels.Add(0);
            }

            if (!options.Quirks)
            {
                FitFeasibility(timed, failed);
            }
        }

        fade = fadingBase is null ? 0 : Math.Pow(2, -rows.Rows / 64.0);
        if (fade < MinFade)
        {
            fade = 0;
        }

        local.Fit(rows, [.. labels], [], fade > 0 ? Margins(rows, seed) : []);
        IsFitted = true;
    }

    /// <summary>Score of a point; larger is better. Scores of one fit compare with each other only.</summary>
    public float Score(ReadOnlySpan<float> features)
    {
        float start = fade > 0 ? (float)fade * fadingBase!.Predict(features) : new GradientBoostedTreesOptions().BaseScore;
        return IsFitted ? local.Margin(features, start) : start;
    }

    /// <summary>False when the point will more likely fail than run.</summary>
    public bool MayRun(ReadOnlySpan<float> features) => !feasibility.Judges || feasibility.Probability(features) >= 0.5;

    private GradientBoostedTreesOptions Sound(GradientBoostedTreesOptions trees) =>
        trees with { Stop = trees.Stop! with { HoldOut = HoldOut, KeepsAll = false } };

    private void FitFeasibility(FeatureTable timed, FeatureTable failed)
    {
        var rows = new FeatureTable(timed.Columns, timed.Rows + failed.Rows);
        var ran = new bool[timed.Rows + failed.Rows];
        Array.Fill(ran, true, 0, timed.Rows);
        for (int row = 0; row < ran.Length; row++)
        {
            rows.Add(row < timed.Rows ? timed.Row(row) : failed.Row(row - timed.Rows));
        }

        feasibility.Fit(rows, ran);
    }

    private float[] Margins(FeatureTable rows, int seed)
    {
        var margins = new float[rows.Rows];
        for (int row = 0; row < margins.Length; row++)
        {
            margins[row] = (float)fade * fadingBase!.Predict(rows.Row(row));
        }

        if (options.Quirks)
        {
            // XGBoostCostModel.fit permutes the rows but not their margins.
            new Random(seed).Shuffle(margins);
        }

        return margins;
    }
}
