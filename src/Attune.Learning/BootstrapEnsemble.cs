namespace Attune.Learning;

/// <summary>
/// Several evaluation functions, each fitted on a bootstrap resample of the same table (BAO's BS step, DATE 2021 algorithm 3: as many draws with replacement as
/// there are rows). The spread of the members is the uncertainty of the prediction. Deterministic for a seed. One thread at a time.
/// </summary>
public sealed class BootstrapEnsemble
{
    private readonly IEvaluationFunction[] members;
    private float[] weights = [];

    /// <summary>Makes an ensemble of untrained members.</summary>
    /// <param name="size">Members (the paper's Gamma), at least 1.</param>
    /// <param name="create">Makes one member.</param>
    public BootstrapEnsemble(int size, Func<IEvaluationFunction> create)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        members = [.. Enumerable.Range(0, size).Select(_ => create())];
    }

    /// <summary>Number of members.</summary>
    public int Size => members.Length;

    /// <summary>Fits every member on its own resample; a single member takes the table as it is.</summary>
    /// <param name="features">One row per measured configuration, at least one.</param>
    /// <param name="labels">Merit per row.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public void Fit(FeatureTable features, ReadOnlySpan<float> labels, int seed)
    {
        if (members.Length == 1)
        {
            members[0].Fit(features, labels, []);
            return;
        }

        var random = new Random(seed);
        Array.Resize(ref weights, features.Rows);
        foreach (IEvaluationFunction member in members)
        {
            Array.Clear(weights);
            for (int draw = 0; draw < features.Rows; draw++)
            {
                weights[random.Next(features.Rows)]++;
            }

            member.Fit(features, labels, weights);
        }
    }

    /// <summary>Mean and spread of the members' predictions.</summary>
    public Estimate Predict(ReadOnlySpan<float> features)
    {
        double sum = 0;
        double squares = 0;
        foreach (IEvaluationFunction member in members)
        {
            double prediction = member.Predict(features);
            sum += prediction;
            squares += prediction * prediction;
        }

        double mean = sum / members.Length;
        return new Estimate(mean, Math.Sqrt(Math.Max(0, (squares / members.Length) - (mean * mean))));
    }
}
