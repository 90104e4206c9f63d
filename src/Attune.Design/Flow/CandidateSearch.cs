using System.Collections.Immutable;
using Attune.Design.Search;
using Attune.Design.Spaces;

namespace Attune.Design.Flow;

/// <summary>
/// Finds designs that are predicted to be good and within a budget: all of a pool or of a small space are looked at, a large space is searched by evolution.
/// Keeps what it has seen, so that the next budget costs less. One thread.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="value">What is to be large.</param>
/// <param name="latency">What the budget limits.</param>
/// <param name="options">Parameters of the evolution.</param>
/// <param name="neural">Proposes candidates instead of the evolution; null for the evolution.</param>
internal sealed class CandidateSearch(DesignSpace space, ValueModel value, IDesignModel latency, EvolutionOptions options, NeuralCandidates? neural = null)
{
    private readonly EvolutionarySearch evolution = new(space, value.Model, latency, options);
    private ImmutableArray<(SpacePoint Point, double Value, double Cost)>? listed;

    /// <summary>Designs within a budget, the most valuable first; of equal value the faster first.</summary>
    /// <param name="budget">Most predicted latency, milliseconds.</param>
    /// <param name="count">How many at most.</param>
    public ImmutableArray<(SpacePoint Point, double Value, double Cost)> Within(double budget, int count)
    {
        if (neural is not null)
        {
            return neural.Within(budget, count);
        }

        IEnumerable<(SpacePoint Point, double Value, double Cost)> found;
        if (value.Pool is not null || space.Points <= 1 << 16)
        {
            listed ??= [.. (value.Pool ?? space.Enumerate()!.Value).Select(
                point => (point, value.Model.Predict(point.Choices.AsSpan()), latency.Predict(point.Choices.AsSpan())))];
            found = listed.Value;
        }
        else
        {
            evolution.Run(budget);
            found = evolution.Visited.Select(design => (new SpacePoint([.. design.Genes]), design.Value, design.Cost));
        }

        return [.. found.Where(design => design.Cost <= budget && !double.IsNaN(design.Value)).OrderByDescending(design => design.Value).ThenBy(
            design => design.Cost).Take(count)];
    }

    /// <summary>The design that is predicted to be fastest; null when nothing can be built.</summary>
    public (SpacePoint Point, double Cost)? Fastest()
    {
        if (value.Pool is { } pool)
        {
            return pool.Select(point => (point, latency.Predict(point.Choices.AsSpan())))
                .Where(design => !double.IsNaN(design.Item2))
                .OrderBy(design => design.Item2)
                .Select(design => ((SpacePoint, double)?)design)
                .FirstOrDefault();
        }

        var cheap = new EvolutionarySearch(space, new Negated(latency), latency, options with { Generations = Math.Min(40, options.Generations) });
        return cheap.Run(double.MaxValue) is { } design ? (new SpacePoint([.. design.Genes]), design.Cost) : null;
    }

    private sealed class Negated(IDesignModel model) : IDesignModel
    {
        public double Predict(ReadOnlySpan<int> genes) => -model.Predict(genes);
    }
}
