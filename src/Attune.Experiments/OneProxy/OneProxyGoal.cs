using System.Collections.Immutable;

namespace Attune.Experiments.OneProxy;

/// <summary>A number to reach.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Figure">Name of the figure that holds it.</param>
/// <param name="Goal">The number to reach.</param>
/// <param name="Published">What papers or their published code reach; null where nothing is published.</param>
public sealed record OneProxyGoal(string Name, string Figure, double Goal, double? Published)
{
    /// <summary>True when less is better.</summary>
    public bool IsUpperBound { get; init; }

    /// <summary>What this run reached.</summary>
    public double Reached { get; init; } = double.NaN;

    /// <summary>True when the goal is met.</summary>
    public bool IsMet => IsUpperBound ? Reached <= Goal : Reached >= Goal;

    internal static ImmutableArray<OneProxyGoal> All { get; } =
    [
        new("one proxy, AdaProxy with 50 random designs, mean rank correlation", "adaproxy_cv_50", 0.915, 0.905),
        new("one proxy, ours with 50 chosen designs", "one_proxy_ours_50", 0.915, 0.905),
        new("several proxies, stack and ridge, 20 designs", "stack_ridge_20", 0.92, null),
        new("several proxies, stack and ridge, 50 designs", "stack_ridge_50", 0.955, null),
        new("the same with our corrections, 20 random designs", "our_stack_ridge_20", 0.92, null),
        new("the same with our corrections, 50 random designs", "our_stack_ridge_50", 0.955, null),
        new("several proxies, ours, 20 chosen designs", "fleet_chosen_20", 0.94, null),
        new("several proxies, ours, 50 chosen designs", "fleet_chosen_50", 0.965, null),
        new("least gain over the best raw proxy in hindsight, 50 designs", "least_gain_over_best_raw_50", 0, null),
        new("accepted proxies (0.97 and more): points lost on CIFAR-100", "lost_6_0_cifar100", 0.1, null) { IsUpperBound = true },
        new("accepted proxies (0.9 to 0.97), three layers: points lost on CIFAR-100", "lost_5_1_cifar100", 0.1, null) { IsUpperBound = true },
        new(
            "neural optimiser, multiplier form: points behind an evolutionary search of 1000 designs, best of 5 measured",
            "optimizer_multiplier_behind_evolutionary_1000_k5",
            0.15,
            null) { IsUpperBound = true },
        new("its time per query against that search, 17 budgets on a device", "optimizer_multiplier_time_share", 0.01, null) { IsUpperBound = true },
        new("scalable predictor, six unseen devices, ten latencies", "scalable_mean", 0.955, 0.932),
    ];
}
