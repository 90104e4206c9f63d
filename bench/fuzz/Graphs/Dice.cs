namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Dice that fall alike on every machine.</summary>
internal static class Dice
{
    /// <summary>
    /// Dice of one graph. Neighbours must not resemble each other, so seed and index are mixed well before they become one of Random's 32-bit seeds.
    /// </summary>
    /// <param name="seed">Seed of the campaign.</param>
    /// <param name="index">Number of the graph.</param>
    /// <param name="purpose">What they decide; different purposes have different dice.</param>
    public static Random For(int seed, long index, Purpose purpose)
    {
        ulong x = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) ^ ((ulong)index * 0xBF58476D1CE4E5B9) ^ ((ulong)purpose << 32);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return new Random((int)(uint)(x ^ (x >> 31)));
    }
}
