using System.Collections.Immutable;
using Attune.Tuning.Search;

namespace Attune.Tuning.Comparison;

/// <summary>What a comparison of searchers on recorded devices does.</summary>
public sealed record TunerBenchmarkOptions
{
    /// <summary>The searchers, at least one; labels are unique.</summary>
    public required ImmutableArray<TunerEntry> Tuners { get; init; }

    /// <summary>Trials that every search gets, failures included. Range 1 to 100,000. Default 512.</summary>
    public int Trials { get; init; } = 512;

    /// <summary>Searches per device and searcher, seeded 1, 2, and so on. Range 1 to 1000. Default 20.</summary>
    public int Seeds { get; init; } = 20;

    /// <summary>Points per ask, 1 to 256. Default 1: the searchers compared with decide after every measurement too.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Numbers of trials to report, ascending; those above <see cref="Trials"/> are left out. Default 16, 32, 64, 128, 256, 512.</summary>
    public ImmutableArray<int> Checkpoints { get; init; } = [16, 32, 64, 128, 256, 512];

    /// <summary>Folder whose journal keeps finished searches, so that a second run goes on where the first ended; null for none.</summary>
    public string? Folder { get; init; }

    /// <summary>Searches at a time, at least 1; null for one per core.</summary>
    public int? Parallel { get; init; }

    internal ImmutableArray<int> Reported
    {
        get
        {
            ImmutableArray<int> within = [.. Checkpoints.Where(trials => trials <= Trials)];
            return within.IsEmpty ? [Trials] : within;
        }
    }

    /// <summary>Checks every range and name.</summary>
    /// <exception cref="ArgumentException">Names all problems.</exception>
    public TunerBenchmarkOptions Validated()
    {
        var problems = new List<string>();
        Require(!Tuners.IsDefaultOrEmpty, "no tuner is given");
        Require(Trials is >= 1 and <= 100_000, $"Trials {Trials} is not in 1..100000");
        Require(Seeds is >= 1 and <= 1000, $"Seeds {Seeds} is not in 1..1000");
        Require(Batch is >= 1 and <= 256, $"Batch {Batch} is not in 1..256");
        Require(Parallel is null or >= 1, $"Parallel {Parallel} is below 1");
        Require(
            !Checkpoints.IsDefaultOrEmpty && Checkpoints[0] >= 1 && Checkpoints.Zip(Checkpoints.Skip(1)).All(pair => pair.First < pair.Second),
            "Checkpoints are not ascending numbers of trials");
        foreach (TunerEntry tuner in Tuners.IsDefault ? [] : Tuners)
        {
            Require(SearcherCatalog.Knows(tuner.Searcher), $"there is no tuner '{tuner.Searcher}', did you mean '{SearcherCatalog.Nearest(tuner.Searcher)}'");
            Require(Tuners.Count(other => other.Label == tuner.Label) == 1, $"two tuners are called '{tuner.Label}'");
            tuner.Options.Validated();
        }

        return problems.Count == 0 ? this : throw new ArgumentException($"Comparison of tuners: {string.Join("; ", problems.Distinct())}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
