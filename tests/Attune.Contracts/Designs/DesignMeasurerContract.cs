using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Store;

namespace Attune.Contracts.Designs;

/// <summary>What everything keeps that measures designs on a device.</summary>
public abstract class DesignMeasurerContract
{
    /// <summary>Makes the measurer and some designs for it, of which one at least can be measured and the last one never.</summary>
    protected abstract (IDesignMeasurer Measurer, IReadOnlyList<SpacePoint> Points) Open();

    [Fact]
    public async Task Every_design_is_answered_once()
    {
        (IDesignMeasurer measurer, IReadOnlyList<SpacePoint> points) = Open();
        List<MeasuredDesign> measured = await AllAsync(measurer, points, withUnits: false);
        measured.Select(design => design.Point).ShouldBe(points, ignoreOrder: true);
        measured.ShouldContain(design => design.Status == MeasurementStatus.Ok);
        (await AllAsync(measurer, [], withUnits: false)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_design_that_was_measured_has_a_latency_within_its_interval_and_others_say_why_not()
    {
        (IDesignMeasurer measurer, IReadOnlyList<SpacePoint> points) = Open();
        List<MeasuredDesign> measured = await AllAsync(measurer, points, withUnits: true);
        foreach (MeasuredDesign design in measured)
        {
            if (design.Status == MeasurementStatus.Ok)
            {
                design.Ms.ShouldBeGreaterThan(0);
                design.LowMs.ShouldBeLessThanOrEqualTo(design.HighMs);
                design.Units.ShouldNotBeEmpty();
                design.Units.ShouldAllBe(unit => unit.Ms >= 0);
            }
            else
            {
                double.IsNaN(design.Ms).ShouldBeTrue();
                design.Message.ShouldNotBeNullOrWhiteSpace();
            }
        }

        measured.Single(design => design.Point.Equals(points[^1])).Status.ShouldNotBe(MeasurementStatus.Ok);
    }

    [Fact]
    public void It_says_which_device_it_measures() => Open().Measurer.Device.ShouldBe(Open().Measurer.Device);

    [Fact]
    public async Task It_stops_when_it_is_told_to()
    {
        (IDesignMeasurer measurer, IReadOnlyList<SpacePoint> points) = Open();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (MeasuredDesign unused in measurer.MeasureAsync(points, withUnits: false, cancel.Token))
            {
                // Nothing is handed on after the word.
                unused.ShouldBeNull();
            }
        });
    }

    private static async Task<List<MeasuredDesign>> AllAsync(IDesignMeasurer measurer, IReadOnlyList<SpacePoint> points, bool withUnits)
    {
        var all = new List<MeasuredDesign>();
        await foreach (MeasuredDesign design in measurer.MeasureAsync(points, withUnits, CancellationToken.None))
        {
            all.Add(design);
        }

        return all;
    }
}
