using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;

namespace Attune.Compile.Tests.Quantisation.Mixed;

public sealed class FrontSearchTests
{
    private const LayerPrecision Third = LayerPrecision.BFloat16;

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 8, 2)]
    [InlineData(3, 8, 2)]
    [InlineData(4, 6, 3)]
    [InlineData(5, 6, 3)]
    [InlineData(6, 9, 2)]
    public void The_front_is_that_of_all_choices_there_are(int seed, int count, int precisions)
    {
        var random = new Random(seed);
        ImmutableArray<LayerForms> layers = Random(random, count, precisions);
        ImmutableArray<FrontPoint> front = FrontSearch.Of(layers, 100);

        // A choice is worse when another is as good in both and better in one.
        (double Ms, double Error)[] all = [.. Choices(layers).Select(choice => Predict(layers, choice, 100))];
        (double Ms, double Error)[] best =
        [
            .. all.Where(one => !all.Any(other => other.Ms <= one.Ms && other.Error <= one.Error && other != one)).Distinct().OrderBy(one => one.Ms),
        ];
        front.Length.ShouldBe(best.Length);
        for (int i = 0; i < best.Length; i++)
        {
            front[i].PredictedMs.ShouldBe(best[i].Ms, 1e-9);
            front[i].PredictedError.ShouldBe(best[i].Error, 1e-9);
            (double ms, double error) = Predict(layers, [.. front[i].Precisions], 100);
            (front[i].PredictedMs - ms).ShouldBe(0, 1e-9);
            (front[i].PredictedError - error).ShouldBe(0, 1e-9);
            FrontSearch.Predict(layers, 100, front[i].Precisions).PredictedMs.ShouldBe(ms, 1e-9);
        }

        front[^1].IsFloat.ShouldBeTrue();
        front[^1].PredictedMs.ShouldBe(100, 1e-9);
    }

    [Fact]
    public void A_layer_that_bytes_make_no_faster_stays_in_floats_unless_its_neighbours_save_more()
    {
        LayerForms Layer(string name, double floats, double bytes, double entry, params int[] sources) => new(
            name,
            [.. sources],
            [new PrecisionForm(LayerPrecision.Float32, floats, 0, 0), new PrecisionForm(LayerPrecision.Int8, bytes, entry, 0.01)]);

        // The second is slower by less than it would cost the third to make bytes again, the fourth by more, the fifth is as fast.
        FrontPoint fastest = FrontSearch.Of(
            [Layer("a", 4, 1, 0.5), Layer("b", 1, 1.25, 0.5, 0), Layer("c", 4, 1, 0.5, 1), Layer("d", 1, 2, 0, 2), Layer("e", 1, 1, 0, 3)], 20)[0];
        fastest.Precisions.ShouldBe([LayerPrecision.Int8, LayerPrecision.Int8, LayerPrecision.Int8, LayerPrecision.Float32, LayerPrecision.Float32]);
        fastest.PredictedMs.ShouldBe(20 - 11 + 1.5 + 1.25 + 1 + 1 + 1);

        FrontSearch.Of([Layer("a", 4, 1, 3.5)], 20).ShouldHaveSingleItem().IsFloat.ShouldBeTrue();
    }

    [Fact]
    public void A_form_whose_error_is_without_bound_is_never_taken()
    {
        LayerForms layer = new(
            "a", [], [new PrecisionForm(LayerPrecision.Float32, 4, 0, 0), new PrecisionForm(LayerPrecision.Int8, 1, 0, double.PositiveInfinity)]);
        FrontSearch.Of([layer], 4).ShouldHaveSingleItem().IsFloat.ShouldBeTrue();
    }

    [Fact]
    public void Many_layers_are_thinned_and_keep_both_ends()
    {
        // Everything is read until the end, so that every choice has forms of its own.
        var random = new Random(3);
        ImmutableArray<LayerForms> layers = [.. Random(random, 60, 2).Select((layer, i) => layer with { Sources = [.. Enumerable.Range(0, i)] })];
        ImmutableArray<FrontPoint> front = FrontSearch.Of(layers, 100, 500);
        front[^1].IsFloat.ShouldBeTrue();
        front[0].PredictedMs.ShouldBeLessThan(100);
        foreach (FrontPoint point in front)
        {
            (double ms, double error) = Predict(layers, [.. point.Precisions], 100);
            (point.PredictedMs - ms).ShouldBe(0, 1e-9);
            (point.PredictedError - error).ShouldBe(0, 1e-9);
        }
    }

    private static ImmutableArray<LayerForms> Random(Random random, int count, int precisions) =>
    [
        .. Enumerable.Range(0, count).Select(i => new LayerForms(
            $"layer{i}",
            [.. Enumerable.Range(Math.Max(0, i - 3), Math.Min(i, 3)).Where(_ => random.Next(2) == 0)],
            [
                new PrecisionForm(LayerPrecision.Float32, 1 + random.NextDouble(), 0, 0),
                .. new[] { LayerPrecision.Int8, Third }.Take(precisions - 1).Select(precision => new PrecisionForm(
                    precision, 0.5 + random.NextDouble(), random.NextDouble() / 2, random.NextDouble())),
            ])),
    ];

    private static IEnumerable<LayerPrecision[]> Choices(ImmutableArray<LayerForms> layers)
    {
        IEnumerable<LayerPrecision[]> choices = [[]];
        foreach (LayerForms layer in layers)
        {
            choices = choices.SelectMany(choice => layer.Forms.Select(form => (LayerPrecision[])[.. choice, form.Precision]));
        }

        return choices;
    }

    private static (double Ms, double Error) Predict(ImmutableArray<LayerForms> layers, LayerPrecision[] choice, double floatMs)
    {
        double ms = floatMs;
        double squares = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            PrecisionForm form = layers[i].Forms.Single(form => form.Precision == choice[i]);
            bool isFed = layers[i].Sources.Length > 0 && layers[i].Sources.All(source => choice[source] == choice[i]);
            ms += form.Ms - layers[i].Forms[0].Ms + (isFed ? 0 : form.EntryMs);
            squares += form.RelativeError * form.RelativeError;
        }

        return (Math.Round(ms, 10), Math.Round(Math.Sqrt(squares), 10));
    }
}
