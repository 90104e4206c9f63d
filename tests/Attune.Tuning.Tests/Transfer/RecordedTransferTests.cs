using System.Globalization;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Transfer;

/// <summary>Transfer between real GPUs.</summary>
public sealed class RecordedTransferTests(ITestOutputHelper output)
{
    [NeedingFact(Need.RecordedSpaces)]
    public void Records_of_other_devices_are_worth_three_quarters_of_the_trials_of_AutoTvm()
    {
        RecordedDevice[] devices = Devices();
        double warm = 0;
        double cold = 0;
        foreach (RecordedDevice device in devices)
        {
            var history = new TuningHistory([.. devices.Where(other => other != device).Select(other => HistoryTask.Of(other))]);
            warm += At(device, "dgp", new() { History = history }, 32) / devices.Length;
            cold += At(device, "autotvm", new(), 128) / devices.Length;
        }

        warm.ShouldBeGreaterThan(cold);
    }

    [NeedingFact(Need.RecordedSpaces)]
    public void The_best_of_one_source_alone_are_worth_what_the_data_say()
    {
        RecordedDevice[] devices = Devices();
        // 0.726: mean over the 12 ordered pairs of optimum / best of the source's 32 fastest, from the data's own description.
        double[] pairs =
        [
            .. devices.SelectMany(device => devices.Where(other => other != device).Select(source =>
                TunerComparison.Run(device, "recall", new() { History = new TuningHistory([HistoryTask.Of(source)]) }, [32], seeds: 1, batch: 8)[0].Mean)),
        ];
        pairs.Length.ShouldBe(12);
        pairs.Average().ShouldBe(0.726, 0.001);
    }

    private double At(RecordedDevice device, string tuner, SearcherOptions options, int trials)
    {
        double mean = TunerComparison.Run(device, tuner, options, [trials], seeds: 2, batch: 8)[0].Mean;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{device.Name} {tuner} at {trials}: {mean:F3}"));
        return mean;
    }

    private static RecordedDevice[] Devices() => [.. TestData.RecordedSpaces.Select(RecordedDevice.Load)];
}
