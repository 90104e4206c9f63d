using System.Collections.Immutable;
namespace Attune.Tuning;

/// <summary>What a searcher is told before it starts.</summary>
public sealed record SearcherOptions
{
    /// <summary>Seed of all randomness: equal seeds and equal outcomes give equal searches. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Index of the template's default configuration, proposed first when it is valid; null for none.</summary>
    public long? Start { get; init; }

    /// <summary>Points proposed right after <see cref="Start"/>, in order; invalid ones are left out. Default none.</summary>
    public ImmutableArray<long> Suggestions { get; init; } = [];

    /// <summary>Trials that the task will probably get, a hint that sizes the initial set. At least 1. Default 128.</summary>
    public int ExpectedTrials { get; init; } = 128;

    /// <summary>Points of the initial set, at least 1; null takes a quarter of <see cref="ExpectedTrials"/> between 8 and 16 (the papers: 64).</summary>
    public int? InitialPoints { get; init; }

    /// <summary>Parameters of the BTED initial set.</summary>
    public BtedOptions Bted { get; init; } = new();

    /// <summary>Parameters of BAO.</summary>
    public BaoOptions Bao { get; init; } = new();

    internal int InitialSize => InitialPoints ?? Math.Clamp(ExpectedTrials / 4, 8, 16);

    /// <summary>Checks every range, nested options included.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public SearcherOptions Validated()
    {
        List<string> problems = [.. Bted.Problems(), .. Bao.Problems()];
        if (ExpectedTrials < 1)
        {
            problems.Add($"ExpectedTrials {ExpectedTrials} is below 1");
        }

        if (InitialPoints < 1)
        {
            problems.Add($"InitialPoints {InitialPoints} is below 1");
        }

        Bao.Trees.Validated();
        return problems.Count == 0 ? this : throw new ArgumentException($"Searcher options: {string.Join("; ", problems)}.");
    }
}
