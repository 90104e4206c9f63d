using Attune.Learning;
using Attune.Learning.Clustering;
using Attune.Learning.Policy;
using Attune.Tuning.Options;

namespace Attune.Tuning.Chameleon;

/// <summary>
/// Parameters of CHAMELEON (ICLR 2020): exploration by a policy that learns, adaptive sampling by clusters. The defaults find more at small budgets than the
/// published code; <see cref="Paper"/> is the published code.
/// </summary>
public sealed record ChameleonOptions
{
    /// <summary>The published code, with the corrections without which it does not run.</summary>
    public static readonly ChameleonOptions Paper = new()
    {
        PlanSize = 64,
        Walkers = 128,
        SeededWalkers = 0,
        Steps = 500,
        RewardsGain = false,
        ClusterKnobs = 2,
        ClusterStep = 8,
        Elbow = ElbowRule.SmallGain,
        Synthesis = SampleSynthesis.Random,
        FailuresAreZeros = true,
        Clustering = new KMeansOptions { PlusPlus = false, Restarts = 1, WholeCentroids = true },
        Trees = GradientBoostedTreesOptions.Autotvm(BoostingLoss.Squared),
    };

    /// <summary>Points kept from an exploration for sampling. Range 2 to 4096. Default 64.</summary>
    public int PlanSize { get; init; } = 64;

    /// <summary>Walks per exploration. Range 1 to 4096. Default 128.</summary>
    public int Walkers { get; init; } = 128;

    /// <summary>
    /// Walks that start at the best measured points; the others start anywhere. Range 0 to <see cref="Walkers"/>. Default 32; the published code has 0.
    /// </summary>
    public int SeededWalkers { get; init; } = 32;

    /// <summary>Steps per walk at most. Range 1 to 10,000; cost is linear. Default 100; the published code has 500.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Share of knobs that must stand still for a walk to end, in (0, 1]. Default 0.75.</summary>
    public double StandStill { get; init; } = 0.75;

    /// <summary>True rewards the gain over the walk's start, false the predicted performance itself (the published code). Default true.</summary>
    public bool RewardsGain { get; init; } = true;

    /// <summary>Share of every plan that is drawn at random, in [0, 1]. Default 0.05, AutoTVM's.</summary>
    public double RandomShare { get; init; } = 0.05;

    /// <summary>
    /// Knobs that are clustered, those with most entities first; 0 clusters all in log2 coordinates. Range 0 to 64. Default 0; the published code has 2.
    /// </summary>
    public int ClusterKnobs { get; init; }

    /// <summary>Step of the number of clusters tried. Range 1 to 1024. Default 8.</summary>
    public int ClusterStep { get; init; } = 8;

    /// <summary>Factor by which a step must cut the loss to go on (<see cref="ElbowRule.SmallGain"/>), above 1. Default 2.5.</summary>
    public double ClusterGain { get; init; } = 2.5;

    /// <summary>How the number of clusters is decided.</summary>
    public ElbowRule Elbow { get; init; } = ElbowRule.Chord;

    /// <summary>What is measured for a cluster.</summary>
    public SampleSynthesis Synthesis { get; init; } = SampleSynthesis.Member;

    /// <summary>True trains failures as performance 0 (the published code); false learns where points fail and lowers the score there.</summary>
    public bool FailuresAreZeros { get; init; }

    /// <summary>Parameters of the clustering.</summary>
    public KMeansOptions Clustering { get; init; } = new();

    /// <summary>Parameters of the agent.</summary>
    public PolicyOptions Policy { get; init; } = new();

    /// <summary>Parameters of the cost model.</summary>
    public GradientBoostedTreesOptions Trees { get; init; } = new() { Rounds = 60, Bins = 64 };

    internal static OptionTable<ChameleonOptions> Table { get; } = OptionTable<ChameleonOptions>.Empty
        .Integer("plan", 2, 4096, o => o.PlanSize, (o, v) => o with { PlanSize = v }, "points kept from an exploration for sampling")
        .Integer("walkers", 1, 4096, o => o.Walkers, (o, v) => o with { Walkers = v }, "walks per exploration")
        .Integer("seeded-walkers", 0, 4096, o => o.SeededWalkers, (o, v) => o with { SeededWalkers = v }, "walks that start at the best measured points")
        .Integer("steps", 1, 10_000, o => o.Steps, (o, v) => o with { Steps = v }, "steps per walk at most")
        .Positive("stand-still", 1, o => o.StandStill, (o, v) => o with { StandStill = v }, "share of knobs that stand still when a walk ends")
        .Flag("reward-gain", o => o.RewardsGain, (o, v) => o with { RewardsGain = v }, "reward the gain over the walk's start instead of the performance")
        .Number("random-share", 0, 1, o => o.RandomShare, (o, v) => o with { RandomShare = v }, "share of every plan drawn at random")
        .Integer(
            "cluster-knobs",
            0,
            64,
            o => o.ClusterKnobs,
            (o, v) => o with { ClusterKnobs = v },
            "knobs that are clustered, largest first; 0 for all in log2 coordinates")
        .Integer("cluster-step", 1, 1024, o => o.ClusterStep, (o, v) => o with { ClusterStep = v }, "step of the number of clusters tried")
        .Number(
            "cluster-gain",
            1.001,
            1000,
            o => o.ClusterGain,
            (o, v) => o with { ClusterGain = v },
            "factor by which a step must cut the loss (elbow small-gain)")
        .Choice("elbow", o => o.Elbow, (o, v) => o with { Elbow = v }, "how the number of clusters is decided")
        .Choice("synthesis", o => o.Synthesis, (o, v) => o with { Synthesis = v }, "what is measured for a cluster")
        .Flag(
            "failures-are-zeros",
            o => o.FailuresAreZeros,
            (o, v) => o with { FailuresAreZeros = v },
            "train failures as performance 0 instead of learning where points fail")
        .Positive("learning-rate", 1, o => o.Policy.LearningRate, (o, v) => o with { Policy = o.Policy with { LearningRate = v } }, "Adam's step of the agent")
        .Number(
            "entropy", 0, 100, o => o.Policy.EntropyWeight, (o, v) => o with { Policy = o.Policy with { EntropyWeight = v } }, "weight of the policy's entropy")
        .Number("discount", 0, 1, o => o.Policy.Discount, (o, v) => o with { Policy = o.Policy with { Discount = v } }, "discount of later rewards")
        .Positive(
            "clip",
            1,
            o => o.Policy.Clip,
            (o, v) => o with { Policy = o.Policy with { Clip = v } },
            "largest relative change of a probability per update (PPO)")
        .And(TreeOptions.Table.Within<ChameleonOptions>(o => o.Trees, (o, v) => o with { Trees = v }, "tree-"))
        .Preset("paper-literal", _ => Paper, "the published code");

    internal IEnumerable<string> Problems()
    {
        foreach (string problem in Table.Problems(this))
        {
            yield return $"Chameleon: {problem}";
        }

        foreach (string problem in Policy.Problems())
        {
            yield return $"Chameleon.{problem}";
        }

        if (SeededWalkers > Walkers)
        {
            yield return $"Chameleon.SeededWalkers {SeededWalkers} is more than Chameleon.Walkers {Walkers}";
        }
    }
}
