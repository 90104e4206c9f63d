using System.Collections.Immutable;
using Attune.Design.Local;
using Attune.Design.Pareto;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Store;

namespace Attune.Design.Flow;

/// <summary>
/// Finds the Pareto front of a target: searches it on predictions, first layers included, measures it, and removes what is dominated or does not run. Kept in
/// the store.
/// </summary>
/// <param name="session">The family and its store.</param>
/// <param name="measurer">The target.</param>
/// <param name="value">What is to be large.</param>
/// <param name="clock">Time.</param>
public sealed class FrontBuilder(DesignSession session, IDesignMeasurer measurer, ValueModel value, TimeProvider clock)
{
    private const int Budgets = 12;
    private const int LayersTaken = 3;

    /// <summary>Builds the front; null when nothing is known about the target and no proxy exists.</summary>
    /// <param name="max">Designs to measure at most, at least 2.</param>
    /// <param name="options">Parameters of each search.</param>
    /// <param name="progress">Called with designs done and all.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    public async Task<MeasuredFront?> RunAsync(int max, EvolutionOptions options, Action<int, int>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 2);
        if (await new TargetModeller(session).RunAsync(measurer.Device, cancellation) is not { } model)
        {
            return null;
        }

        Dictionary<SpacePoint, double> predicted = Predict(model, options).Take(max).ToDictionary(design => design.Point, design => design.Cost);
        await session.MeasureAsync(measurer, [.. predicted.Keys], withUnits: false, progress, cancellation);
        OptimisedDesign[] measured = [.. session.MeasuredOn(measurer.Device).Select(sample => new OptimisedDesign(
            sample.Point,
            value.Model.Predict(sample.Point.Choices.AsSpan()),
            predicted.GetValueOrDefault(sample.Point, double.NaN),
            session.Store.Measurement(measurer.Device, session.Space.IdOf(sample.Point))!))];
        ImmutableArray<OptimisedDesign> front = [.. ParetoFront.Of(
            [.. measured.Select(design => design.Ms)], [.. measured.Select(design => design.Value)]).Select(i => measured[i])];
        session.Store.Add(new FrontEntry
        {
            Time = clock.GetUtcNow(),
            Device = measurer.Device.ToString(),
            Family = session.Space.Family,
            Accuracy = value.Source.Name,
            Designs = [.. front.Select(design => design.Measured.Design)],
            Ms = [.. front.Select(design => design.Ms)],
            Accuracies = [.. front.Select(design => design.Value)],
            IsMeasured = true,
        });
        return new MeasuredFront(
            measurer.Device, front, predicted.Count, predicted.Keys.Count(point => !front.Any(design => design.Point.Equals(point))), model);
    }

    /// <summary>Designs of the predicted layers, the front's own first and spread over its length.</summary>
    private IEnumerable<(SpacePoint Point, double Cost)> Predict(TargetModel model, EvolutionOptions options)
    {
        DesignPoint[] found;
        if (value.Pool is { } pool)
        {
            found = [.. pool.Select(
                point => new DesignPoint([.. point.Choices], value.Model.Predict(point.Choices.AsSpan()), model.Latency.Predict(point.Choices.AsSpan())))];
        }
        else if (FrontSearch.VectorsOf(session.Space) <= 1 << 16)
        {
            found = FrontSearch.Exhaustive(session.Space, value.Model, model.Latency, LayersTaken);
        }
        else
        {
            found = FrontSearch.Evolutionary(session.Space, value.Model, model.Latency, Budgets, options, LayersTaken);
        }

        foreach (int[] layer in ParetoFront.Layers([.. found.Select(design => design.Cost)], [.. found.Select(design => design.Value)], LayersTaken))
        {
            foreach (int i in Spread(layer))
            {
                yield return (new SpacePoint([.. found[i].Genes]), found[i].Cost);
            }
        }
    }

    // Ends first, then the middle, then the middles of the halves: whatever is cut off at the end, the rest covers the whole length.
    private static IEnumerable<int> Spread(int[] layer)
    {
        var seen = new HashSet<int>();
        for (int parts = 1; seen.Count < layer.Length; parts *= 2)
        {
            for (int i = 0; i <= parts; i++)
            {
                int place = (int)((long)i * (layer.Length - 1) / parts);
                if (seen.Add(place))
                {
                    yield return layer[place];
                }
            }
        }
    }
}
