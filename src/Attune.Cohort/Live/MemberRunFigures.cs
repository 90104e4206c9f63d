using Attune.Numerics;

namespace Attune.Cohort.Live;

/// <summary>What one member of a live run did.</summary>
/// <param name="Name">The member.</param>
/// <param name="Released">Jobs released and ended, whatever way.</param>
/// <param name="Missed">Jobs without a result in time.</param>
/// <param name="Aborted">Jobs given up by the policy.</param>
/// <param name="Replaced">Jobs that a newer one replaced before they began.</param>
/// <param name="Failed">Jobs lost because the member was freed.</param>
public sealed record MemberRunFigures(string Name, int Released, int Missed, int Aborted, int Replaced, int Failed)
{
    /// <summary>Deadline in force at the end, microseconds.</summary>
    public double DeadlineUs { get; init; }

    /// <summary>Response times of jobs that ran to their end, microseconds, ascending; up to the newest hundred thousand.</summary>
    public IReadOnlyList<double> ResponseUs { get; init; } = [];

    /// <summary>Mean accuracy given up, points, by the profile.</summary>
    public double LossPoints { get; init; }

    /// <summary>Least LAG at any boundary, as a share of the deadline.</summary>
    public double WorstLagShare { get; init; }

    /// <summary>Why the member no longer took part; null while it did.</summary>
    public string? Failure { get; init; }

    /// <summary>The same with response times in order.</summary>
    internal MemberRunFigures Sorted() => this with { ResponseUs = [.. ResponseUs.Order()] };

    /// <summary>Missed jobs over ended ones; 0 without jobs.</summary>
    public double MissRate => Released == 0 ? 0 : (double)Missed / Released;

    /// <summary>A response time that a share of the jobs kept, microseconds; 0 without jobs.</summary>
    /// <param name="share">0 to 1.</param>
    public double Percentile(double share) => ResponseUs.Count == 0 ? 0 : Quantiles.NearestRank(ResponseUs, share);
}
