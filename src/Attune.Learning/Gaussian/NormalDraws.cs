namespace Attune.Learning.Gaussian;

/// <summary>Standard normal numbers from a seeded source (Box and Muller 1958).</summary>
internal static class NormalDraws
{
    /// <summary>One number.</summary>
    public static double Next(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Fills a span.</summary>
    public static void Fill(Random random, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Next(random);
        }
    }
}
