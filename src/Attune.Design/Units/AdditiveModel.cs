using System.Collections.Immutable;
using Attune.Compile;
using Attune.Design.Proxies;
using Attune.Learning.Linear;

namespace Attune.Design.Units;

/// <summary>
/// Latency of a whole model as a sum over its units: mean (a f + c + Z b), where f is the sum of the units' times and Z splits that sum by groups of units,
/// with two pseudo-units: bytes moved and steps started. The corrections b are held small, so a device whose unit times are right needs a = 1 and nothing else;
/// the same form adapts the table of a proxy to a target. Immutable; safe for several threads.
/// </summary>
public sealed class AdditiveModel
{
    private readonly UnitTable table;
    private readonly Dictionary<string, int> columns;
    private readonly AdaptationFit fit;
    private readonly double meanMs;
    private readonly double meanBytes;
    private readonly double meanSteps;

    private AdditiveModel(UnitTable table, ImmutableArray<string> groups, AdaptationFit fit, (double Ms, double Bytes, double Steps) means)
    {
        this.table = table;
        this.fit = fit;
        (meanMs, meanBytes, meanSteps) = means;
        Groups = groups;
        columns = Columns(groups);
    }

    /// <summary>Groups of units, in the order of their corrections; the pseudo-units come after them.</summary>
    public ImmutableArray<string> Groups { get; }

    /// <summary>Factor of all unit times together.</summary>
    public double Scale => fit.Scale;

    /// <summary>What a model takes besides its units, milliseconds.</summary>
    public double OffsetMs => fit.Offset * meanMs;

    /// <summary>Terms and factors, for records: scale, offset in milliseconds, a correction per group, bytes, steps.</summary>
    public ImmutableArray<(string Term, double Factor)> Terms =>
        [("scale", Scale), ("offset ms", OffsetMs), .. Groups.Append("bytes").Append("steps").Select((term, i) => (term, fit.Corrections[i]))];

    /// <summary>Fits the model; the strength of the corrections is chosen by cross-validation.</summary>
    /// <param name="table">Times of the units, of this device or of a proxy.</param>
    /// <param name="designs">Measured designs, at least 4.</param>
    /// <param name="ms">Their latencies, milliseconds, above 0.</param>
    /// <param name="seed">Seed of the folds.</param>
    /// <exception cref="ArgumentException">There are fewer than 4 designs.</exception>
    public static AdditiveModel Fit(UnitTable table, IReadOnlyList<EncodedDesign> designs, IReadOnlyList<double> ms, int seed = 1)
    {
        if (designs.Count < 4 || ms.Count != designs.Count)
        {
            throw new ArgumentException(
                $"A latency model needs at least 4 measured designs, there are {designs.Count} with {ms.Count} latencies.", nameof(designs));
        }

        ImmutableArray<string> groups = UnitGroups.Of(designs);
        Dictionary<string, int> places = Columns(groups);
        (double Ms, double Bytes, double Steps) means =
            (ms.Average(), designs.Average(design => (double)design.Bytes), designs.Average(design => (double)design.Launches));
        var z = new DenseMatrix(designs.Count, groups.Length + 2);
        var prior = new double[designs.Count];
        var y = new double[designs.Count];
        for (int i = 0; i < designs.Count; i++)
        {
            prior[i] = Fill(table, places, designs[i], means, z.Row(i));
            y[i] = ms[i] / means.Ms;
        }

        return new AdditiveModel(table, groups, RidgeAdaptation.FitBest(z, prior, y, RidgeAdaptation.UsualPenalties, new Random(seed)), means);
    }

    /// <summary>Latency of a design, milliseconds; never below a hundredth of what its units take together.</summary>
    public double Predict(EncodedDesign design)
    {
        Span<double> row = new double[Groups.Length + 2];
        double prior = Fill(table, columns, design, (meanMs, meanBytes, meanSteps), row);
        return Math.Max(fit.Predict(row, prior) * meanMs, 0.01 * prior * meanMs);
    }

    /// <summary>What one step adds to a latency, milliseconds: the whole is the sum over steps and <see cref="OffsetMs"/>.</summary>
    public double Contribution(ModelUnit unit)
    {
        double ms = table.MsOf(unit);
        double corrections = columns.TryGetValue(UnitGroups.Of(unit), out int column) ? fit.Corrections[column] : 0;
        return (ms * (fit.Scale + corrections)) + (meanMs * ((fit.Corrections[^2] * unit.Bytes / meanBytes) + (fit.Corrections[^1] / meanSteps)));
    }

    /// <summary>Units of a design whose time is an estimate.</summary>
    public int Estimated(EncodedDesign design) => design.Units.Count(unit => !table.Knows(unit.Key));

    private static Dictionary<string, int> Columns(ImmutableArray<string> groups) =>
        groups.Select((group, i) => (group, i)).ToDictionary(pair => pair.group, pair => pair.i, StringComparer.Ordinal);

    private static double Fill(
        UnitTable table, Dictionary<string, int> columns, EncodedDesign design, (double Ms, double Bytes, double Steps) means, Span<double> row)
    {
        double sum = 0;
        foreach (ModelUnit unit in design.Units)
        {
            double share = table.MsOf(unit) / means.Ms;
            sum += share;
            if (columns.TryGetValue(UnitGroups.Of(unit), out int column))
            {
                row[column] += share;
            }
        }

        row[^2] = design.Bytes / means.Bytes;
        row[^1] = design.Launches / means.Steps;
        return sum;
    }
}
