using System.Collections.Immutable;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>
/// Finds all choices of precisions that are best in predicted time and error, by dynamic programming over the layers: after each, the partial choices are kept
/// that nothing beats among those whose layers that are still read have the same forms. Exact as long as <see cref="MaxChoices"/> partial choices suffice;
/// beyond, the fastest of each small range of errors go on. Stateless.
/// </summary>
internal static class FrontSearch
{
    /// <summary>Most partial choices that are followed.</summary>
    public const int MaxChoices = 20_000;

    /// <summary>The choices, the fastest first, so that the error falls from each to the next.</summary>
    /// <param name="layers">The layers, in the network's order.</param>
    /// <param name="floatMs">Time of the network with all layers in floats, milliseconds.</param>
    /// <param name="maxChoices">Most partial choices that are followed, at least 1.</param>
    public static ImmutableArray<FrontPoint> Of(ImmutableArray<LayerForms> layers, double floatMs, int maxChoices = MaxChoices)
    {
        int[] lastReaders = LastReaders(layers);
        List<Partial> choices = [new Partial(null, default, floatMs - layers.Sum(FloatMs), 0, string.Empty)];
        ImmutableArray<int> live = [];
        for (int i = 0; i < layers.Length; i++)
        {
            ImmutableArray<int> before = live;
            live = [.. before.Append(i).Where(layer => lastReaders[layer] > i)];
            choices = Thinned(Grown(choices, layers[i], i, before, live), maxChoices);
        }

        return [.. Best(choices).Select(choice => new FrontPoint(choice.Precisions(layers.Length), choice.Ms, Math.Sqrt(choice.Squares)))];
    }

    /// <summary>What is predicted of a choice.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="floatMs">Time of the network with all layers in floats, milliseconds.</param>
    /// <param name="precisions">Precision of every layer, one of its forms.</param>
    public static FrontPoint Predict(ImmutableArray<LayerForms> layers, double floatMs, ImmutableArray<LayerPrecision> precisions)
    {
        double ms = floatMs;
        double squares = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            PrecisionForm form = layers[i].Forms.Single(form => form.Precision == precisions[i]);
            bool enters = layers[i].Sources.IsEmpty || layers[i].Sources.Any(source => precisions[source] != form.Precision);
            ms += form.Ms - FloatMs(layers[i]) + (enters ? form.EntryMs : 0);
            squares += form.RelativeError * form.RelativeError;
        }

        return new FrontPoint(precisions, ms, Math.Sqrt(squares));
    }

    private static List<Partial> Grown(List<Partial> choices, LayerForms layer, int position, ImmutableArray<int> before, ImmutableArray<int> live)
    {
        var grown = new List<Partial>(choices.Count * layer.Forms.Length);
        foreach (Partial choice in choices)
        {
            foreach (PrecisionForm form in layer.Forms.Where(form => double.IsFinite(form.RelativeError)))
            {
                char letter = (char)form.Precision;
                bool enters = layer.Sources.IsEmpty || layer.Sources.Any(source => choice.Key[before.IndexOf(source)] != letter);
                string key = string.Concat(live.Select(at => at == position ? letter : choice.Key[before.IndexOf(at)]));
                grown.Add(new Partial(
                    choice,
                    form.Precision,
                    choice.Ms + form.Ms + (enters ? form.EntryMs : 0),
                    choice.Squares + (form.RelativeError * form.RelativeError),
                    key));
            }
        }

        return [.. grown.GroupBy(choice => choice.Key).SelectMany(Best)];
    }

    // Of equals the one that came first is taken, so that the result does not depend on chance.
    private static IEnumerable<Partial> Best(IEnumerable<Partial> choices)
    {
        double least = double.PositiveInfinity;
        foreach (Partial choice in choices.OrderBy(choice => choice.Ms).ThenBy(choice => choice.Squares))
        {
            if (choice.Squares < least)
            {
                least = choice.Squares;
                yield return choice;
            }
        }
    }

    private static List<Partial> Thinned(List<Partial> choices, int max)
    {
        if (choices.Count <= max)
        {
            return choices;
        }

        // Every key keeps its ends; where there are too many keys even for that, all in floats and the fastest are kept.
        IGrouping<string, Partial>[] groups = [.. choices.GroupBy(choice => choice.Key)];
        List<Partial> thin = [.. groups.SelectMany(group => Spread([.. group], Math.Max(2, max / groups.Length)))];
        return thin.Count <= max ? thin
            : [.. Spread([.. thin.OrderBy(choice => choice.Ms)], max), .. thin.Where(choice => choice.Squares == 0).Take(1)];
    }

    private static IEnumerable<Partial> Spread(Partial[] sorted, int count) => sorted.Length <= count ? sorted
        : Enumerable.Range(0, count).Select(i => sorted[count == 1 ? 0 : (int)((long)i * (sorted.Length - 1) / (count - 1))]);

    private static int[] LastReaders(ImmutableArray<LayerForms> layers)
    {
        int[] last = new int[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            foreach (int source in layers[i].Sources)
            {
                last[source] = i;
            }
        }

        return last;
    }

    private static double FloatMs(LayerForms layer) => layer.Forms.Single(form => form.Precision == LayerPrecision.Float32).Ms;

    /// <summary>Choices for the first layers.</summary>
    /// <param name="Before">The choice without the last of them; null for none.</param>
    /// <param name="Last">Precision of the last of them.</param>
    /// <param name="Ms">Their time.</param>
    /// <param name="Squares">Sum of the squares of their errors.</param>
    /// <param name="Key">Forms of the layers that are still read.</param>
    private sealed record Partial(Partial? Before, LayerPrecision Last, double Ms, double Squares, string Key)
    {
        public ImmutableArray<LayerPrecision> Precisions(int count)
        {
            var precisions = new LayerPrecision[count];
            Partial at = this;
            for (int i = count - 1; i >= 0; i--)
            {
                precisions[i] = at.Last;
                at = at.Before!;
            }

            return [.. precisions];
        }
    }
}
