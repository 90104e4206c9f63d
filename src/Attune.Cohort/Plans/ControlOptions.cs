using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort.Plans;

/// <summary>How the controller decides. Immutable; checked once by whoever reads it.</summary>
public sealed record ControlOptions
{
    /// <summary>Over how much of a job delay is made good; the rest of the job by default.</summary>
    public RecoveryHorizon Horizon { get; init; }

    /// <summary>What is kept low among settings that are fast enough; energy by default.</summary>
    public CostMeasure Cost { get; init; }

    /// <summary>Choose as on the slides, without dropping branches that are predicted to miss a deadline. Default false.</summary>
    public bool Strict { get; init; }

    /// <summary>By how much a setting must be faster than asked for, a share from 0 to 1. Default 0.</summary>
    public double Guard { get; init; }

    /// <summary>Share of every deadline kept for the controller and for jitter, from 0 to 0.5. Default 0.02.</summary>
    public double Reserve { get; init; } = 0.02;

    /// <summary>
    /// How many times the distance from median to 95th percentile of the longest remaining stage is kept besides, from 0 to 10. Default 1.5, about the 99th
    /// percentile.
    /// </summary>
    public double SpreadReserve { get; init; } = 1.5;

    /// <summary>
    /// Share of the deadline by which a member's reserve grows with every miss and that later jobs give back by a hundredth each, from 0 (never) to 0.5.
    /// Default 0.1. Near saturation, jobs that just meet their deadlines keep everybody slow; this is what leads out.
    /// </summary>
    public double MissReserve { get; init; } = 0.1;

    /// <summary>
    /// Least time between two switches that only save cost, microseconds, from 0 to 1e7; a switch that a deadline needs never waits. Default 2000.
    /// </summary>
    public double DwellUs { get; init; } = 2000;

    /// <summary>How long everything stands still while the setting changes, microseconds, from 0 to 1e6. Default 50.</summary>
    public double SwitchUs { get; init; } = 50;

    /// <summary>Give up a job at the first boundary after its deadline, instead of finishing it late. Default false.</summary>
    public bool AbortLate { get; init; }

    /// <summary>Everything that is outside its range, as field name and message; empty when the options can be used.</summary>
    public ImmutableArray<DocumentProblem> Problems()
    {
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        Check("guard", Guard, 1);
        Check("reserve", Reserve, 0.5);
        Check("spread_reserve", SpreadReserve, 10);
        Check("miss_reserve", MissReserve, 0.5);
        Check("dwell_ms", DwellUs / 1000, 1e4);
        Check("switch_us", SwitchUs, 1e6);
        return problems.ToImmutable();

        void Check(string name, double value, double max)
        {
            if (!(value >= 0 && value <= max))
            {
                problems.Add(new DocumentProblem(name, $"{value} is outside 0 to {max}"));
            }
        }
    }
}
