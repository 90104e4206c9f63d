using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>How many valid points a space has, as far as can be told quickly.</summary>
/// <param name="Valid">Exact number of valid points, or null when it is only estimated.</param>
/// <param name="Share">Share of the product that is valid: exact, or the share of the sample; 0 when the sample had none.</param>
public sealed record SpaceExamination(long? Valid, double Share)
{
    private const int Sample = 4096;

    /// <summary>True when it is proven that no point is valid: there is nothing to search.</summary>
    public bool HasNoValidPoint => Valid == 0;

    /// <summary>One sentence for messages.</summary>
    public string Summary => Valid switch
    {
        0 => "No point of the space is valid: its constraints exclude each other.",
        1 => "The space has one valid point: there is nothing to choose.",
        { } count => $"{count} points of the space are valid.",
        null =>
            Share > 0
                ? $"About {Share:P1} of the space is valid."
                : $"None of {Sample} random points of the space is valid; valid ones are rarer than that, or there are none.",
    };

    /// <summary>Examines a space: lists and constraints are counted, small products enumerated, others sampled.</summary>
    /// <param name="space">The space.</param>
    /// <param name="seed">Seed of the sample.</param>
    public static SpaceExamination Of(Space space, int seed = 1)
    {
        var sampler = new ValidPointSampler(space);
        if (sampler.CountExactly() is { } count)
        {
            return new SpaceExamination(count, (double)count / space.Count);
        }

        var random = new Random(seed);
        int hits = 0;
        for (int i = 0; i < Sample; i++)
        {
            hits += space.IsValid(random.NextInt64(space.Count)) ? 1 : 0;
        }

        return new SpaceExamination(null, (double)hits / Sample);
    }
}
