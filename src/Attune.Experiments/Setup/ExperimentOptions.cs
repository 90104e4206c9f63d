using System.Collections.Immutable;
using Attune.Experiments.Search;
using Attune.Tuning.Search;

namespace Attune.Experiments.Setup;

/// <summary>How large an experiment is. The papers' own scale is in the remarks of each property; a report says how far a run is from it.</summary>
public sealed record ExperimentOptions
{
    /// <summary>Seeds of the DATE paper: ten tuning trials per method and model.</summary>
    public const int PaperSeeds = 10;

    /// <summary>AutoTVM's early stop in the papers.</summary>
    public const int PaperPatience = 400;

    /// <summary>Runs of a tuned model behind a latency in the DATE paper.</summary>
    public const int PaperLatencyRuns = 600;

    /// <summary>Tuners to compare, the baseline first; at least one.</summary>
    public required ImmutableArray<SearchArm> Arms { get; init; }

    /// <summary>Searches per task and tuner, at least 1. Default 2; the papers have 10.</summary>
    public int Seeds { get; init; } = 2;

    /// <summary>Most configurations per search, at least 1. Default 128; the papers go on until 400 without improvement.</summary>
    public int Trials { get; init; } = 128;

    /// <summary>Points per ask, 1 to 256. Default 8.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Runs of every tuned model, at least 1. Default 600, as in the DATE paper.</summary>
    public int LatencyRuns { get; init; } = PaperLatencyRuns;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when all is well.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Require(!Arms.IsDefaultOrEmpty, "no tuner is given");
        Require(Seeds is >= 1 and <= 1000, $"{Seeds} seeds are not in 1..1000");
        Require(Trials is >= 1 and <= 1_000_000, $"{Trials} trials are not in 1..1000000");
        Require(Batch is >= 1 and <= 256, $"a batch of {Batch} is not in 1..256");
        Require(LatencyRuns is >= 1 and <= 1_000_000, $"{LatencyRuns} runs are not in 1..1000000");
        foreach (SearchArm arm in Arms.IsDefault ? [] : Arms)
        {
            Require(SearcherCatalog.Knows(arm.Tuner), $"there is no tuner '{arm.Tuner}', did you mean '{SearcherCatalog.Nearest(arm.Tuner)}'");
            Require(arm.Patience >= 1, $"the patience {arm.Patience} of {arm.Name} is below 1");
        }

        Require(Arms.IsDefault || Arms.Select(arm => arm.Name).Distinct().Count() == Arms.Length, "two tuners have one name");
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
