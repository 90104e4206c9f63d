using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Attune.Devices.Meters;

namespace Attune.Cohort.Live;

/// <summary>
/// The live run as metrics of the meter <c>Attune.Cohort</c>, which OpenTelemetry and dotnet-counters collect: a histogram of responses, counters of misses and
/// energy, gauges of LAG and of the setting in force.
/// </summary>
internal sealed class CohortTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Attune.Cohort";

    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> responses;
    private readonly Counter<long> misses;
    private readonly ImmutableArray<string> names;
    private readonly KeyValuePair<string, object?> policy;
    private readonly HashSet<string> settings = new(StringComparer.Ordinal);

    public CohortTelemetry(RunningCohort cohort, ImmutableArray<string> names, string policy, IEnergyMeter? energy)
    {
        this.names = names;
        this.policy = new("policy", policy);
        responses = meter.CreateHistogram<double>(
            "attune.cohort.response",
            "ms",
            "Time from a job's release to its end.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] });
        misses = meter.CreateCounter<long>("attune.cohort.misses", "{job}", "Jobs without a result in time.");
        meter.CreateObservableGauge(
            "attune.cohort.lag",
            () => names.Select((name, i) => new Measurement<double>(cohort.Glance(i).LagUs / 1000, new KeyValuePair<string, object?>("member", name))),
            "ms",
            "How far a member is ahead of its schedule.");
        meter.CreateObservableGauge(
            "attune.cohort.setting", () => Settings(cohort.Glance(0).Setting), "{setting}", "The setting in force, as a tag: 1, and 0 for those that were.");
        if (energy is not null)
        {
            meter.CreateObservableCounter(
                "attune.cohort.energy",
                () => new Measurement<double>(cohort.EnergyMilliJoules / 1000, new KeyValuePair<string, object?>("estimated", energy.IsEstimate)),
                "J",
                "Energy since the run began.");
        }
    }

    /// <summary>The instruments of this cohort, apart from those of others in the process.</summary>
    public Meter Meter => meter;

    public void Ended(int member, JobReport report)
    {
        var name = new KeyValuePair<string, object?>("member", names[member]);
        responses.Record(report.ResponseUs / 1000, name, policy);
        if (report.IsMissed)
        {
            misses.Add(1, name, policy);
        }
    }

    public void Dispose() => meter.Dispose();

    // Collectors keep the last value of every tag that they saw, so a setting that is no longer in force must say so.
    private Measurement<int>[] Settings(string applied)
    {
        lock (settings)
        {
            settings.Add(applied);
            return [.. settings.Select(setting => new Measurement<int>(setting == applied ? 1 : 0, new KeyValuePair<string, object?>("setting", setting)))];
        }
    }
}
