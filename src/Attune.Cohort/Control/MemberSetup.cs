using Attune.Cohort.Profiles;
using Attune.Cohort.Tables;

namespace Attune.Cohort.Control;

/// <summary>One network of a cohort with everything that decisions about it need. Immutable.</summary>
public sealed record MemberSetup
{
    /// <summary>Name in reports.</summary>
    public required string Name { get; init; }

    /// <summary>The network.</summary>
    public required string Network { get; init; }

    /// <summary>Relative deadline, microseconds from release to completion.</summary>
    public required double DeadlineUs { get; init; }

    /// <summary>Time between two releases, microseconds.</summary>
    public required double PeriodUs { get; init; }

    /// <summary>How much its accuracy and lateness count.</summary>
    public required int Weight { get; init; }

    /// <summary>What the network costs.</summary>
    public required CohortProfile Profile { get; init; }

    /// <summary>Tables over the common settings.</summary>
    internal MemberTables Tables { get; init; } = null!;

    /// <summary>Time of the exact network at its fastest common setting, microseconds.</summary>
    public double FastestUs => Tables.Rest(Tables.Fastest, 0);

    /// <summary>Time of the fastest variants at the fastest setting, microseconds: nothing is faster.</summary>
    public double MinUs => FastestUs / Tables.Approximations(Tables.Fastest, 0).Fastest.SpeedUp;
}
