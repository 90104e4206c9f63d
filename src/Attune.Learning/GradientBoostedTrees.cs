using Attune.Learning.Ranking;

namespace Attune.Learning;

/// <summary>
/// Gradient-boosted trees with the semantics of XGBoost (Chen and Guestrin, KDD 2016, algorithm 1; no sampling of rows or columns, no missing values) for three
/// losses. AutoTVM and BAO use such trees as evaluation function. Fitting costs O(rounds * depth * columns * rows) after one sort per column with the exact
/// method and about a sixth of that with bins; prediction O(rounds * depth). One thread at a time.
/// </summary>
public sealed class GradientBoostedTrees : IEvaluationFunction
{
    private readonly GradientBoostedTreesOptions options;
    private readonly List<BoostedTree> trees = [];
    private int columns = -1;

    /// <summary>Makes an untrained model.</summary>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public GradientBoostedTrees(GradientBoostedTreesOptions? options = null) => this.options = (options ?? new GradientBoostedTreesOptions()).Validated();

    /// <summary>Features that a row must have; -1 before the first fit.</summary>
    public int Columns => columns;

    /// <summary>Trees kept.</summary>
    public int Trees => trees.Count;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => Fit(features, labels, weights, []);

    /// <summary>Forgets what it knew and learns what another model leaves over (XGBoost's base margin; AutoTVM's transfer).</summary>
    /// <param name="features">One row per configuration.</param>
    /// <param name="labels">Merit per row; in [0, 1] for the logistic loss.</param>
    /// <param name="weights">Importance per row, 0 leaves it out; empty means all 1.</param>
    /// <param name="margins">Sum to start from per row, in place of the base score; empty takes the base score.</param>
    /// <exception cref="ArgumentException">Labels, weights or margins do not match the rows.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, ReadOnlySpan<float> margins)
    {
        int rows = features.Rows;
        if (labels.Length != rows || (!weights.IsEmpty && weights.Length != rows) || (!margins.IsEmpty && margins.Length != rows))
        {
            throw new ArgumentException(
                $"{rows} rows need as many labels ({labels.Length}), and no or as many weights ({weights.Length}) and margins ({margins.Length}).",
                nameof(labels));
        }

        trees.Clear();
        columns = features.Columns;
        var used = new float[rows];
        used.AsSpan().Fill(1);
        weights.CopyTo(used);
        RecallWatch? watch = options.Stop is { } stop ? RecallWatch.Start(stop, labels, used, options.Seed) : null;
        BoostingObjective objective = BoostingObjective.Of(options, labels, used);
        GreedyGrower grower = options.Bins == 0
            ? new TreeGrower(features, SortedColumns.Of(features, used), options)
            : new HistogramGrower(features.Binned(options.Bins), options);
        var sums = new float[rows];
        Array.Fill(sums, BoostingObjective.MarginOf(options.Loss, options.BaseScore));
        margins.CopyTo(sums);
        var gradients = new float[rows];
        var curvatures = new float[rows];
        for (int round = 0; round < options.Rounds; round++)
        {
            objective.Derive(round, sums, labels, used, gradients, curvatures);
            BoostedTree tree = grower.Grow(gradients, curvatures);
            trees.Add(tree);
            for (int row = 0; row < sums.Length; row++)
            {
                sums[row] += tree.Predict(features.Row(row));
            }

            if (watch?.Ends(sums) == true)
            {
                break;
            }
        }

        if (watch is not null && options.Stop is { KeepsAll: false })
        {
            trees.RemoveRange(watch.BestTrees, trees.Count - watch.BestTrees);
        }
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features) =>
        BoostingObjective.PredictionOf(options.Loss, Margin(features, BoostingObjective.MarginOf(options.Loss, options.BaseScore)));

    /// <summary>The sum of the trees on top of a margin, before the loss turns it into a prediction.</summary>
    /// <param name="features">One row.</param>
    /// <param name="start">The margin to start from, as given to the fit.</param>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    public float Margin(ReadOnlySpan<float> features, float start)
    {
        if (columns < 0)
        {
            throw new InvalidOperationException("The boosted trees were asked for a prediction before they were fitted.");
        }

        if (features.Length != columns)
        {
            throw new ArgumentException($"The model was fitted on {columns} features, not {features.Length}.", nameof(features));
        }

        float sum = start;
        foreach (BoostedTree tree in trees)
        {
            sum += tree.Predict(features);
        }

        return sum;
    }

    /// <summary>Writes what was learnt, to be read by <see cref="Load"/>.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <exception cref="InvalidOperationException">Nothing was learnt yet.</exception>
    public void Save(Stream stream)
    {
        if (columns < 0)
        {
            throw new InvalidOperationException("The boosted trees were to be saved before they were fitted.");
        }

        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        GradientBoostedTreesFile.Write(writer, options, columns, trees);
    }

    /// <summary>Reads trees that predict what the saved ones did; parameters that only matter to a fit are the defaults.</summary>
    /// <param name="stream">Where from; left open.</param>
    /// <exception cref="InvalidDataException">The data is not of that kind, of another version, cut short or impossible; the message says which.</exception>
    public static GradientBoostedTrees Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        (GradientBoostedTreesOptions options, int columns, IReadOnlyList<BoostedTree> stored) = GradientBoostedTreesFile.Read(reader);
        var model = new GradientBoostedTrees(options) { columns = columns };
        model.trees.AddRange(stored);
        return model;
    }
}
