using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Proxies;
using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Tests.Proxies;

public sealed class FleetAdaptationTests
{
    private const int Designs = 300;
    private const int UnitCount = 10;
    private readonly DenseMatrix units = new(Designs, UnitCount, [.. Draws(1, Designs * UnitCount).Select(value => Math.Floor(4 * value))]);

    [Fact]
    public void A_target_between_known_devices_is_predicted_from_few_designs()
    {
        ImmutableArray<DeviceColumn> fleet = [.. Enumerable.Range(0, 6).Select(Device)];
        double[] truth = [.. Enumerable.Range(0, Designs).Select(i => (0.7 * fleet[1].Values[i]) + (0.4 * fleet[4].Values[i]) + (0.8 * units[i, 2]))];
        var adaptation = new FleetAdaptation(fleet, units, null, new Random(3));
        int[] chosen = adaptation.Choose(25);
        FleetPrediction predicted = adaptation.Predict(chosen, [.. chosen.Select(i => truth[i])]);
        Spearman.Of(predicted.Latency, truth).ShouldBeGreaterThan(0.99);
        // In milliseconds, not only in order.
        Enumerable.Range(0, Designs).Average(i => Math.Abs(predicted.Latency[i] - truth[i]) / truth[i]).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void A_fleet_of_one_device_with_gaps_will_do()
    {
        DeviceColumn only = Device(0);
        var gaps = new DeviceColumn("gaps", [.. only.Values.Select((value, i) => i % 9 == 0 ? double.NaN : value)]);
        var adaptation = new FleetAdaptation([gaps], units, null, new Random(3));
        int[] chosen = adaptation.Choose(10, [.. Enumerable.Range(0, 100)]);
        chosen.ShouldAllBe(i => i < 100);
        Spearman.Of(adaptation.Predict(chosen, [.. chosen.Select(i => 3 * only.Values[i])]).Latency, only.Values).ShouldBeGreaterThan(0.99);
    }

    [Fact]
    public void Too_few_or_unsupported_designs_are_refused()
    {
        var adaptation = new FleetAdaptation([Device(0)], units, null, new Random(3));
        Should.Throw<ArgumentException>(() => adaptation.Predict([1, 2], [1, 2])).Message.ShouldContain("at least 5");
        Should.Throw<ArgumentException>(() => adaptation.Predict([1, 2, 3, 4, 5], [1, 2, 3, 4, double.NaN])).Message.ShouldContain("unsupported");
        Should.Throw<ArgumentException>(
            () => new FleetAdaptation([new DeviceColumn("flat", [.. Enumerable.Repeat(1.0, Designs)])], units, null, new Random(1)));
    }

    [Fact]
    public void Units_that_differ_on_the_target_are_named()
    {
        ImmutableArray<string> names = [.. Enumerable.Range(0, UnitCount).Select(j => $"unit {j}")];
        double[] weights = [.. Enumerable.Range(0, UnitCount).Select(j => 1.0 + j)];
        double[] slower = [.. weights];
        slower[4] *= 3;
        double[] truth = units.Times(slower);
        int[] sample = [.. Enumerable.Range(0, 60)];
        var adapted = AdaptedProxy.From(units, new UnitPredictor(weights), sample, truth.AsSpan(0, 60), new Random(2));
        UnitDifference first = adapted.Differences(names)[0];
        first.Unit.ShouldBe("unit 4");
        first.Ratio.ShouldBeGreaterThan(1.5);
        Spearman.Of(adapted.Predict(units), truth).ShouldBeGreaterThan(0.995);
        adapted.Predict(units.Row(70)).ShouldBe(truth[70], 0.1 * truth[70]);
    }

    private DeviceColumn Device(int index)
    {
        double[] weights = [.. Draws(100 + index, UnitCount).Select(value => 0.5 + value)];
        return new DeviceColumn($"device {index}", [.. units.Times(weights).Select(value => value + 1)]);
    }

    private static double[] Draws(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }
}
