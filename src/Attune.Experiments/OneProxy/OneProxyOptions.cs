using System.Collections.Immutable;

namespace Attune.Experiments.OneProxy;

/// <summary>Scale of the experiment on public measurements of many devices.</summary>
public sealed record OneProxyOptions
{
    /// <summary>Folder with the public tables: latency_ms.csv, architectures.csv, accuracy.csv, and where present nb201-full and nb301-accelerators.</summary>
    public required string Data { get; init; }

    /// <summary>Random samples per target and size, 1 to 1000. Default 10.</summary>
    public int Seeds { get; init; } = 10;

    /// <summary>Steps of descent per network of the scalable predictor and the optimiser; 0 leaves both out. Default 2000.</summary>
    public int NetworkSteps { get; init; } = 2000;

    /// <summary>
    /// Devices that are left out in turn to judge a scalable predictor, one training each, 0 to 1000; needs network steps. Default 18, all of the public
    /// subset.
    /// </summary>
    public int HeldOut { get; init; } = 18;

    /// <summary>Checks every range.</summary>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (Seeds is < 1 or > 1000)
        {
            problems.Add($"{Seeds} seeds are not in 1..1000");
        }

        if (NetworkSteps is < 0 or > 1_000_000)
        {
            problems.Add($"{NetworkSteps} steps are not in 0..1000000");
        }

        if (HeldOut is < 0 or > 1000)
        {
            problems.Add($"{HeldOut} devices to leave out are not in 0..1000");
        }

        return problems.ToImmutable();
    }

    /// <summary>One sentence on how much of the full experiment this is.</summary>
    public string Scale =>
        $"{(Seeds >= 10 && NetworkSteps >= 2000 && HeldOut >= 18 ? "Full scale" : "Scaled down")}: {Seeds} random sample{(Seeds == 1 ? string.Empty : "s")} "
        + $"per target and size (the figures are meant for 10); {(NetworkSteps == 0 ? "no networks" : $"{NetworkSteps} steps per network (meant for 2000)")}"
        + $"{(NetworkSteps > 0 && HeldOut < 18 ? $"; {HeldOut} of 18 devices left out in turn" : string.Empty)}.";
}
