using Attune.Tuning.Options;

namespace Attune.Tuning.Simple;

/// <summary>Parameters of the genetic algorithm; the defaults are AutoTVM's (tuning.md 1.6).</summary>
public sealed record GeneticOptions
{
    /// <summary>Points of a generation. Range 2 to 10,000. Default 100.</summary>
    public int Population { get; init; } = 100;

    /// <summary>Best points ever that take part in breeding besides the last generation. Range 0 to 1000. Default 3.</summary>
    public int Elite { get; init; } = 3;

    /// <summary>Probability that a knob of a child takes a random value. In [0, 1]. Default 0.1.</summary>
    public double Mutation { get; init; } = 0.1;

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<GeneticOptions> Table { get; } = OptionTable<GeneticOptions>.Empty
        .Integer("population", 2, 10_000, o => o.Population, (o, v) => o with { Population = v }, "points of a generation")
        .Integer("elite", 0, 1000, o => o.Elite, (o, v) => o with { Elite = v }, "best points ever that breed too")
        .Number("mutation", 0, 1, o => o.Mutation, (o, v) => o with { Mutation = v }, "probability that a knob takes a random value");

    internal IEnumerable<string> Problems() => Table.Problems(this).Select(problem => $"Genetic: {problem}");
}
