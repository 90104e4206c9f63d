using Attune.Compile;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Targets;

namespace Attune.Design.Tests.Units;

public sealed class AdditiveModelTests
{
    private static readonly DesignSpace Space = SpaceText.Read(SpaceText.Tiny);
    private static readonly UnitEncoder Encoder = new(new DesignNetworks(Space, "unused", allowPrograms: false, TimeProvider.System), 1, HostTarget.Widest);

    [Fact]
    public async Task Latencies_that_are_sums_of_unit_times_are_predicted_for_unseen_designs()
    {
        EncodedDesign[] designs = await DesignsAsync(60);
        double[] ms = [.. designs.Select(design => 0.2 + (1.1 * design.Units.Sum(Time)))];
        EncodedDesign[] train = designs[..40];
        var table = new UnitTable(Times(train), train.SelectMany(design => design.Units));
        var model = AdditiveModel.Fit(table, train, ms[..40]);
        var quality = FitQuality.Of([.. designs[40..].Select(model.Predict)], ms[40..]);
        quality.RSquared.ShouldBeGreaterThan(0.99);
        quality.Spearman.Estimate.ShouldBeGreaterThan(0.97);
    }

    [Fact]
    public async Task Contributions_and_offset_add_up_to_the_prediction()
    {
        EncodedDesign[] designs = await DesignsAsync(20);
        double[] ms = [.. designs.Select(design => design.Units.Sum(Time))];
        var model = AdditiveModel.Fit(new UnitTable(Times(designs), designs.SelectMany(design => design.Units)), designs, ms);
        foreach (EncodedDesign design in designs)
        {
            (model.OffsetMs + design.Units.Sum(model.Contribution)).ShouldBe(model.Predict(design), 1e-9);
        }
    }

    [Fact]
    public async Task Units_never_timed_are_estimated_from_those_like_them()
    {
        EncodedDesign[] designs = await DesignsAsync(60);
        ModelUnit[] units = [.. designs.SelectMany(design => design.Units).DistinctBy(unit => unit.Key)];
        ModelUnit[] hidden = [.. units.Where((_, i) => i % 5 == 0)];
        var table = new UnitTable(units.Except(hidden).Select(unit => new UnitTime(unit.Key, Time(unit), UnitTimeSource.InModel, 1)), units);
        double[] ratios = [.. hidden.Select(unit => Math.Abs(Math.Log(table.MsOf(unit) / Time(unit)))).Order()];
        ratios[ratios.Length / 2].ShouldBeLessThan(Math.Log(1.5));
        hidden.ShouldAllBe(unit => !table.Knows(unit.Key) && table.MsOf(unit) > 0);
    }

    [Fact]
    public async Task Too_few_designs_are_refused()
    {
        EncodedDesign[] designs = await DesignsAsync(3);
        Should.Throw<ArgumentException>(() => AdditiveModel.Fit(new UnitTable([], []), designs, [1, 2, 3])).Message.ShouldContain("at least 4");
    }

    // Compute, traffic and a start: what a roofline says, in milliseconds.
    private static double Time(ModelUnit unit) => 0.002 + Math.Max(unit.Flops / 2e7, unit.Bytes / 4e6);

    private static IEnumerable<UnitTime> Times(IEnumerable<EncodedDesign> designs) =>
        designs.SelectMany(design => design.Units).DistinctBy(unit => unit.Key).Select(unit => new UnitTime(unit.Key, Time(unit), UnitTimeSource.InModel, 1));

    private static async Task<EncodedDesign[]> DesignsAsync(int count)
    {
        var random = new Random(4);
        var designs = new List<EncodedDesign>();
        while (designs.Count < count)
        {
            designs.Add((await Encoder.EncodeAsync(Space.Sample(random), CancellationToken.None)).Design!);
        }

        return [.. designs];
    }
}
