using System.Collections.Immutable;

namespace Attune.Design.Search;

/// <summary>Parameters of <see cref="EvolutionarySearch"/>; the defaults are those of the Once-for-All code, which the papers used.</summary>
public sealed record EvolutionOptions
{
    /// <summary>Designs per generation, 2 to 100000. Default 100.</summary>
    public int Population { get; init; } = 100;

    /// <summary>Generations, 0 to 1000000. Default 500: with the first population 50100 predictions.</summary>
    public int Generations { get; init; } = 500;

    /// <summary>Share of a generation that become parents, above 0 up to 1. Default 0.25.</summary>
    public double ParentShare { get; init; } = 0.25;

    /// <summary>Share of the children that are mutants; the rest are crossovers. 0 to 1. Default 0.5.</summary>
    public double MutantShare { get; init; } = 0.5;

    /// <summary>Probability that a mutation changes a gene, above 0 up to 1. Default 0.1.</summary>
    public double GeneProbability { get; init; } = 0.1;

    /// <summary>Draws of a child before it is repaired instead, at least 1. Default 200.</summary>
    public int Draws { get; init; } = 200;

    /// <summary>Seed of all randomness. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Require(Population is >= 2 and <= 100_000, $"a population of {Population} is not in 2..100000");
        Require(Generations is >= 0 and <= 1_000_000, $"{Generations} generations are not in 0..1000000");
        Require(ParentShare is > 0 and <= 1, $"the share {ParentShare} of parents is not in 0..1");
        Require(MutantShare is >= 0 and <= 1, $"the share {MutantShare} of mutants is not in 0..1");
        Require(GeneProbability is > 0 and <= 1, $"the probability {GeneProbability} of a gene's change is not in 0..1");
        Require(Draws >= 1, $"{Draws} draws are below 1");
        return problems.ToImmutable();

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
