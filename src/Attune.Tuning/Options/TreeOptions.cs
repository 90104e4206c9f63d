using Attune.Learning;

namespace Attune.Tuning.Options;

/// <summary>The options of boosted trees by name, for every searcher that has some; used with a prefix such as "tree-".</summary>
internal static class TreeOptions
{
    public static readonly OptionTable<GradientBoostedTreesOptions> Table = OptionTable<GradientBoostedTreesOptions>.Empty
        .Integer("rounds", 1, 10_000, o => o.Rounds, (o, v) => o with { Rounds = v }, "trees to grow; cost grows with it")
        .Integer("depth", 1, 10, o => o.Depth, (o, v) => o with { Depth = v }, "levels of splits per tree")
        .Positive("learning-rate", 1, o => o.LearningRate, (o, v) => o with { LearningRate = (float)v }, "shrinkage of every leaf (eta)")
        .Number("ridge", 0, double.MaxValue, o => o.Ridge, (o, v) => o with { Ridge = (float)v }, "L2 penalty of leaf values (lambda)")
        .Number("min-gain", 0, double.MaxValue, o => o.MinGain, (o, v) => o with { MinGain = (float)v }, "gain below which a split is pruned (gamma)")
        .Integer("bins", 0, 256, o => o.Bins, (o, v) => o with { Bins = v }, "bins per column, at least 2; 0 tries every boundary between values")
        .Number(
            "min-child-weight",
            0,
            double.MaxValue,
            o => o.MinChildWeight,
            (o, v) => o with { MinChildWeight = (float)v },
            "least weight on each side of a split");
}
