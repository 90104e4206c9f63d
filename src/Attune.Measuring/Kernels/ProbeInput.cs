namespace Attune.Measuring.Kernels;

/// <summary>
/// One input of a task, as a combination of its two basic images: convolutions are linear, so the reference result of any combination follows from those of the
/// two without running the reference kernel again.
/// </summary>
/// <param name="Kind">What it is like.</param>
/// <param name="First">Factor of the dense image.</param>
/// <param name="Second">Factor of the mixed image.</param>
/// <param name="Scale">Magnitude of biases; a power of two.</param>
/// <param name="Seed">Seed of the biases.</param>
internal sealed record ProbeInput(ProbeKind Kind, float First, float Second, float Scale, int Seed)
{
    // Halves are multiplied as they are stored, 2^112 times too small, so that sums of vanishing inputs would leave the range of normal numbers.
    private const int SmallestWithHalves = 20;
    private const int Smallest = 60;
    private const int Largest = 60;

    /// <summary>Number of kinds.</summary>
    public const int Kinds = (int)ProbeKind.Vanishing + 1;

    /// <summary>Draws an input.</summary>
    /// <param name="kind">What it is to be like.</param>
    /// <param name="seed">Decides the rest.</param>
    /// <param name="isLinear">False for a pair with an activation between: it allows one image at a time and no negative factor.</param>
    /// <param name="hasHalves">Weights are stored as halves.</param>
    public static ProbeInput Draw(ProbeKind kind, int seed, bool isLinear, bool hasHalves)
    {
        var random = new Random(seed);
        int smallest = hasHalves ? SmallestWithHalves : Smallest;
        float scale = kind switch
        {
            ProbeKind.Large => MathF.ScaleB(1, random.Next(4, 21)),
            ProbeKind.Huge => MathF.ScaleB(1, random.Next(Largest / 2, Largest + 1)),
            ProbeKind.Tiny => MathF.ScaleB(1, -random.Next(4, 21)),
            ProbeKind.Vanishing => MathF.ScaleB(1, -random.Next(smallest / 2, smallest + 1)),
            ProbeKind.Mixed => MathF.ScaleB(1, random.Next(-3, 4)),
            _ => 1,
        };
        if (kind == ProbeKind.Zero)
        {
            return new ProbeInput(kind, 0, 0, scale, seed);
        }

        if (kind == ProbeKind.Mixed)
        {
            return new ProbeInput(kind, 0, isLinear && random.Next(2) == 0 ? -scale : scale, scale, seed);
        }

        if (!isLinear)
        {
            float factor = scale * (0.5f + (random.NextSingle() * 1.5f));
            return new ProbeInput(kind, factor, 0, factor, seed);
        }

        return new ProbeInput(kind, scale * Signed(0.5f, 2), scale * Signed(0, 0.25f), scale, seed);

        float Signed(float from, float to) => (from + (random.NextSingle() * (to - from))) * (random.Next(2) == 0 ? -1 : 1);
    }
}
