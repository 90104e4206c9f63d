namespace Attune.Learning;

/// <summary>
/// Gradient-boosted regression trees for the squared loss with the semantics of XGBoost's exact greedy method (Chen and Guestrin, KDD 2016, algorithm 1;
/// no sampling of rows or columns, no missing values). AutoTVM and BAO use such trees as evaluation function. Fitting costs
/// O(rounds * depth * columns * rows) after one sort per column, prediction O(rounds * depth). One thread at a time.
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

    /// <summary>Trees grown so far.</summary>
    public int Trees => trees.Count;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Labels or weights do not match the rows.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        if (labels.Length != features.Rows || (!weights.IsEmpty && weights.Length != features.Rows))
        {
            throw new ArgumentException($"{features.Rows} rows need as many labels ({labels.Length}) and no or as many weights ({weights.Length}).", nameof(labels));
        }

        trees.Clear();
        columns = features.Columns;
        SortedColumns sorted = SortedColumns.Of(features, weights);
        var grower = new TreeGrower(features, sorted, options);
        var predictions = new float[features.Rows];
        Array.Fill(predictions, options.BaseScore);
        var gradients = new float[features.Rows];
        var hessians = new float[features.Rows];
        if (weights.IsEmpty)
        {
            Array.Fill(hessians, 1f);
        }
        else
        {
            weights.CopyTo(hessians);
        }

        for (int round = 0; round < options.Rounds; round++)
        {
            for (int row = 0; row < gradients.Length; row++)
            {
                gradients[row] = (predictions[row] - labels[row]) * hessians[row];
            }

            BoostedTree tree = grower.Grow(gradients, hessians);
            trees.Add(tree);
            for (int row = 0; row < predictions.Length; row++)
            {
                predictions[row] += tree.Predict(features.Row(row));
            }
        }
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features)
    {
        if (columns < 0)
        {
            throw new InvalidOperationException("The boosted trees were asked for a prediction before they were fitted.");
        }

        if (features.Length != columns)
        {
            throw new ArgumentException($"The model was fitted on {columns} features, not {features.Length}.", nameof(features));
        }

        float sum = options.BaseScore;
        foreach (BoostedTree tree in trees)
        {
            sum += tree.Predict(features);
        }

        return sum;
    }
}
