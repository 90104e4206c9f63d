using System.Diagnostics.Metrics;
using Attune.Cohort.Live;

namespace Attune.Cohort.Tests.Live;

public sealed class CohortTelemetryTests
{
    [Fact]
    public async Task A_live_run_is_seen_by_a_listener()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == CohortTelemetry.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Count<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
            seen.AddOrUpdate(instrument.Name, 1, (_, count) => count + 1);
        listener.SetMeasurementEventCallback<double>(Count);
        listener.SetMeasurementEventCallback<long>(Count);
        listener.SetMeasurementEventCallback<int>(Count);
        listener.Start();
        var broken = new ScriptedNetwork(3, _ => throw new InvalidOperationException("broken"));
        using var cohort = new RunningCohort(
            LiveSetups.Of(1000, 1000), [new ScriptedNetwork(3), broken], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        await Task.WhenAll(cohort.RequestAsync(0), cohort.RequestAsync(1)).WaitAsync(TimeSpan.FromSeconds(60));
        listener.RecordObservableInstruments();

        // Other tests run cohorts at the same time, so counts are lower limits.
        seen["attune.cohort.response"].ShouldBeGreaterThanOrEqualTo(2);
        seen["attune.cohort.misses"].ShouldBeGreaterThanOrEqualTo(1);
        seen["attune.cohort.lag"].ShouldBeGreaterThanOrEqualTo(2);
        seen["attune.cohort.setting"].ShouldBeGreaterThanOrEqualTo(1);
    }
}
