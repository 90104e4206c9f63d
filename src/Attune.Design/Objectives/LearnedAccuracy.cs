using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Learning;

namespace Attune.Design.Objectives;

/// <summary>
/// A predictor of accuracy from the genes of labelled designs: boosted trees over one-hot genes and their numbers. Its error on designs it has not seen is
/// measured by cross-validation and reported with every answer; few labels give little.
/// </summary>
public sealed class LearnedAccuracy : IAccuracy, IDesignModel
{
    /// <summary>Fewest labels that a predictor is made of.</summary>
    public const int MinLabels = 30;

    /// <summary>Labels from which on a predictor may be trusted.</summary>
    public const int EnoughLabels = 200;

    private const int Folds = 5;
    private readonly DesignSpace space;
    private readonly GradientBoostedTrees trees;
    private readonly int width;

    private LearnedAccuracy(DesignSpace space, GradientBoostedTrees trees, FitQuality quality, string source, int labels)
    {
        this.space = space;
        this.trees = trees;
        Quality = quality;
        width = Width(space);
        Labels = labels;
        Name = $"learned from {labels} labels of {source} (rank correlation {quality.Spearman.Estimate:0.00} on unseen designs)";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRankOnly => false;

    /// <inheritdoc/>
    public bool IsFast => true;

    /// <summary>Labels learned from.</summary>
    public int Labels { get; }

    /// <summary>Agreement on designs it had not seen.</summary>
    public FitQuality Quality { get; }

    /// <summary>Learns.</summary>
    /// <param name="space">The space.</param>
    /// <param name="designs">Labelled designs.</param>
    /// <param name="labels">Their accuracies, above 0.</param>
    /// <param name="source">Where they come from, for reports.</param>
    /// <param name="seed">Seed of the folds.</param>
    /// <exception cref="ArgumentException">There are fewer labels than <see cref="MinLabels"/>.</exception>
    public static LearnedAccuracy Fit(DesignSpace space, IReadOnlyList<SpacePoint> designs, IReadOnlyList<double> labels, string source, int seed = 1)
    {
        if (designs.Count < MinLabels)
        {
            throw new ArgumentException(
                $"A predictor of accuracy needs at least {MinLabels} labelled designs ({EnoughLabels} to be worth much); there are {designs.Count}.",
                nameof(designs));
        }

        float[][] rows = [.. designs.Select(design => Row(space, design.Choices.AsSpan()))];
        int[] order = [.. Enumerable.Range(0, rows.Length)];
        new Random(seed).Shuffle(order);
        double[] unseen = new double[rows.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] train = [.. order.Where((_, i) => i % Folds != fold)];
            GradientBoostedTrees part = Train([.. train.Select(i => rows[i])], [.. train.Select(i => (float)labels[i])]);
            foreach (int i in order.Where((_, i) => i % Folds == fold))
            {
                unseen[i] = part.Predict(rows[i]);
            }
        }

        return new LearnedAccuracy(space, Train(rows, [.. labels.Select(label => (float)label)]), FitQuality.Of(unseen, labels), source, labels.Count);
    }

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<int> genes)
    {
        Span<float> row = stackalloc float[width];
        Fill(space, genes, row);
        return trees.Predict(row);
    }

    /// <inheritdoc/>
    public Task<Result<KnownAccuracy, string>> AskAsync(SpacePoint point, CancellationToken cancellation) =>
        Task.FromResult<Result<KnownAccuracy, string>>(new KnownAccuracy(Predict(space.Canonical(point).Choices.AsSpan()), null));

    private static GradientBoostedTrees Train(float[][] rows, float[] labels)
    {
        var grown = new GradientBoostedTrees(new GradientBoostedTreesOptions());
        grown.Fit(FeatureTable.Of(rows), labels, []);
        return grown;
    }

    private static int Width(DesignSpace space) => space.Genes.Sum(gene => gene.Values.Length + 1);

    private static float[] Row(DesignSpace space, ReadOnlySpan<int> genes)
    {
        var row = new float[Width(space)];
        Fill(space, genes, row);
        return row;
    }

    private static void Fill(DesignSpace space, ReadOnlySpan<int> genes, Span<float> row)
    {
        row.Clear();
        int place = 0;
        for (int i = 0; i < genes.Length; i++)
        {
            Gene gene = space.Genes[i];
            row[place + genes[i]] = 1;
            place += gene.Values.Length;
            row[place++] = gene.IsNumeric ? (float)gene.Number(genes[i]) : genes[i];
        }
    }
}
