using System.Collections.Immutable;
using Attune.Compile;
using Attune.Design.Store;
using Attune.Learning;
using Attune.Numerics;

namespace Attune.Design.Units;

/// <summary>
/// Times of execution units on one device: measured ones, and estimates for units never seen there. An estimate is what a roofline fitted to the measured units
/// says, times what boosted trees learned about units of such sizes. Immutable; safe for several threads.
/// </summary>
public sealed class UnitTable
{
    private const int EnoughForTrees = 24;
    private readonly Dictionary<string, UnitTime> known;
    private readonly GradientBoostedTrees? trees;
    private readonly double flopsPerMs = double.PositiveInfinity;
    private readonly double bytesPerMs = double.PositiveInfinity;
    private readonly double minMs;
    private readonly double middle = 1;

    /// <summary>Makes a table.</summary>
    /// <param name="measured">Times, those inside models before those of records where both exist.</param>
    /// <param name="units">What the keys mean: any units that have been encoded; those without a time are ignored.</param>
    public UnitTable(IEnumerable<UnitTime> measured, IEnumerable<ModelUnit> units)
    {
        known = measured.GroupBy(entry => entry.Unit, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.MinBy(entry => entry.Source)!, StringComparer.Ordinal);
        (ModelUnit Unit, double Ms)[] rows = [.. units.DistinctBy(unit => unit.Key).Where(unit => known.ContainsKey(unit.Key)).OrderBy(
            unit => unit.Key, StringComparer.Ordinal).Select(unit => (unit, known[unit.Key].Ms))];
        if (rows.Length == 0)
        {
            return;
        }

        // The best tenth of the units shows what the device can do; the smallest one what starting a step costs.
        flopsPerMs = Quantiles.Of([.. rows.Select(row => row.Unit.Flops / row.Ms).Order()], 0.9);
        bytesPerMs = Quantiles.Of([.. rows.Select(row => row.Unit.Bytes / row.Ms).Order()], 0.9);
        minMs = rows.Min(row => row.Ms);
        middle = Quantiles.Median(rows.Select(row => row.Ms / Roofline(row.Unit)));
        if (rows.Length >= EnoughForTrees)
        {
            trees = new GradientBoostedTrees(new GradientBoostedTreesOptions());
            trees.Fit(
                FeatureTable.Of([.. rows.Select(row => UnitFeatures.Of(row.Unit))]), [.. rows.Select(row => (float)Math.Log(row.Ms / Roofline(row.Unit)))], []);
        }
    }

    /// <summary>Units with a measured time.</summary>
    public int Count => known.Count;

    /// <summary>Whether a unit was measured.</summary>
    public bool Knows(string key) => known.ContainsKey(key);

    /// <summary>Time of a unit, milliseconds, above 0: measured, or estimated.</summary>
    public double MsOf(ModelUnit unit)
    {
        if (known.TryGetValue(unit.Key, out UnitTime? entry))
        {
            return entry.Ms;
        }

        return Roofline(unit) * (trees is null ? middle : Math.Exp(trees.Predict(UnitFeatures.Of(unit))));
    }

    /// <summary>The measured times.</summary>
    public ImmutableArray<UnitTime> Entries => [.. known.Values.OrderBy(entry => entry.Unit, StringComparer.Ordinal)];

    private double Roofline(ModelUnit unit) => minMs + Math.Max(unit.Flops / flopsPerMs, unit.Bytes / bytesPerMs) is > 0 and var ms ? ms : 1e-6;
}
