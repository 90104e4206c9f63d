using System.Collections.Immutable;
using Attune.Tuning.Search;

namespace Attune.Experiments.Search;

/// <summary>One way of tuning that an experiment compares.</summary>
/// <param name="Name">Name in reports, unique in an experiment.</param>
/// <param name="Tuner">Name in the <see cref="SearcherCatalog"/>.</param>
/// <param name="Patience">Trials without a new best after which a search ends, at least 1.</param>
public sealed record SearchArm(string Name, string Tuner, int Patience)
{
    /// <summary>Options of the tuner, as NAME=VALUE; default none.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Options of the tuner as a record.</summary>
    /// <param name="seed">Seed of the search.</param>
    /// <param name="trials">Trials it may have.</param>
    /// <exception cref="ArgumentException">An option is unknown or out of range; the message names all of them.</exception>
    public SearcherOptions SearcherOptions(int seed, int trials) =>
        SearcherCatalog.Bind(Tuner, new SearcherOptions { Seed = seed, ExpectedTrials = trials }, Options)
            .OrThrow(problems => new ArgumentException($"{Name}: {string.Join(" ", problems.Sentences)}"));
}
