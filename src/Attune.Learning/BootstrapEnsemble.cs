namespace Attune.Learning;

/// <summary>
/// Several evaluation functions of any kind, each fitted on a bootstrap resample of the same table (BAO's BS step, DATE 2021 algorithm 3: as many draws with
/// replacement as there are rows). A resample is a weight per row, not a copy, so that members share what the table computes once. The spread of the members,
/// with their own deviations where they have some (law of total variance), is the uncertainty of a prediction. Deterministic for a seed. One thread at a time.
/// </summary>
public sealed class BootstrapEnsemble : IEstimator
{
    private readonly IEvaluationFunction[] members;
    private readonly int seed;
    private float[] resample = [];
    private double[] cumulative = [];
    private int next;

    /// <summary>Makes an ensemble of untrained members.</summary>
    /// <param name="size">Members (the paper's Gamma), at least 1.</param>
    /// <param name="create">Makes one member.</param>
    /// <param name="seed">Seed of the resampling where a fit brings none.</param>
    public BootstrapEnsemble(int size, Func<IEvaluationFunction> create, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        members = [.. Enumerable.Range(0, size).Select(_ => create())];
        this.seed = seed;
    }

    /// <summary>Number of members.</summary>
    public int Size => members.Length;

    /// <inheritdoc/>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => Fit(features, labels, weights, seed);

    /// <summary>Fits every member on its own resample of rows that all count alike; a single member takes the table as it is.</summary>
    /// <param name="features">One row per measured configuration, at least one.</param>
    /// <param name="labels">Merit per row.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, int seed) => Fit(features, labels, [], seed);

    /// <summary>Fits every member on its own resample; a single member takes the table as it is.</summary>
    /// <param name="features">One row per measured configuration, at least one.</param>
    /// <param name="labels">Merit per row.</param>
    /// <param name="weights">Importance per row, by which rows are drawn; empty draws all alike.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="ArgumentException">The weights do not match the rows, or all are 0.</exception>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int seed) =>
        Refit(features, labels, weights, seed, members.Length);

    /// <summary>
    /// Fits only some members anew, in turn, the others stay as they are: with many rows one more changes little, and this costs a fraction. The first fit must
    /// be a whole one.
    /// </summary>
    /// <param name="features">One row per measured configuration, at least one.</param>
    /// <param name="labels">Merit per row, in the unit of the earlier fits.</param>
    /// <param name="weights">Importance per row, by which rows are drawn; empty draws all alike.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="count">Members to fit, from 1 to <see cref="Size"/>.</param>
    /// <exception cref="ArgumentException">The weights do not match the rows, or all are 0.</exception>
    public void Refit(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, members.Length);
        if (members.Length == 1)
        {
            members[0].Fit(features, labels, weights);
            return;
        }

        double total = Prepare(features.Rows, weights);
        var random = new Random(seed);
        for (int fitted = 0; fitted < count; fitted++)
        {
            IEvaluationFunction member = members[next];
            next = (next + 1) % members.Length;
            Array.Clear(resample);
            for (int draw = 0; draw < features.Rows; draw++)
            {
                resample[weights.IsEmpty ? random.Next(features.Rows) : Drawn(random.NextDouble() * total, weights)]++;
            }

            member.Fit(features, labels, resample);
        }
    }

    /// <summary>Mean and spread of the members' predictions.</summary>
    public Estimate Estimate(ReadOnlySpan<float> features)
    {
        double sum = 0;
        double squares = 0;
        double own = 0;
        foreach (IEvaluationFunction member in members)
        {
            double prediction;
            if (member is IEstimator estimator)
            {
                Estimate estimate = estimator.Estimate(features);
                prediction = estimate.Mean;
                own += estimate.Deviation * estimate.Deviation;
            }
            else
            {
                prediction = member.Predict(features);
            }

            sum += prediction;
            squares += prediction * prediction;
        }

        double mean = sum / members.Length;
        return new Estimate(mean, Math.Sqrt(Math.Max(0, (squares / members.Length) - (mean * mean)) + (own / members.Length)));
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<float> features) => (float)Estimate(features).Mean;

    private double Prepare(int rows, ReadOnlySpan<float> weights)
    {
        Array.Resize(ref resample, rows);
        if (weights.IsEmpty)
        {
            return rows;
        }

        if (weights.Length != rows)
        {
            throw new ArgumentException($"{rows} rows need as many weights ({weights.Length}), or none.", nameof(weights));
        }

        Array.Resize(ref cumulative, rows);
        double total = 0;
        for (int row = 0; row < rows; row++)
        {
            total += weights[row];
            cumulative[row] = total;
        }

        return total > 0 ? total : throw new ArgumentException("All weights are 0: there is nothing to draw from.", nameof(weights));
    }

    private int Drawn(double place, ReadOnlySpan<float> weights)
    {
        int found = Array.BinarySearch(cumulative, place);
        int row = Math.Min(found < 0 ? ~found : found + 1, cumulative.Length - 1);
        while (weights[row] <= 0 && row > 0)
        {
            row--;
        }

        return row;
    }
}
