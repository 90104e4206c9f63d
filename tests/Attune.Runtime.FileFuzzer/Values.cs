namespace Attune.Runtime.FileFuzzer;

/// <summary>Numbers that break things: ends of types, neighbours of what is there, small ones that could be meant.</summary>
internal static class Values
{
    private static readonly long[] Ends =
    [
        0, 1, -1, 2, 3, 7, 8, 15, 16, 17, 64, 1 << 10, 1 << 20, (1 << 20) + 1, int.MaxValue, 1L << 31, 1L << 32, (1L << 32) + 1, 1L << 40, 1L << 62,
        long.MaxValue, long.MinValue,
    ];

    /// <summary>Another number in place of one.</summary>
    public static long Integer(Random random, long present) => random.Next(6) switch
    {
        0 => Ends[random.Next(Ends.Length)],
        1 => unchecked(present + 1),
        2 => unchecked(present - 1),
        3 => unchecked(present * 2),
        4 => present / 2,
        _ => random.Next(-3, 20),
    };

    /// <summary>Another extent or count in place of one, mostly of a size that can be meant.</summary>
    public static long Extent(Random random, long present) =>
        random.Next(12) == 0 ? Integer(random, present) : Math.Max(random.Next(10) == 0 ? 0 : 1, random.Next(4) switch
        {
            0 => present + random.Next(-2, 3),
            1 => random.Next(1, 40),
            2 => present * 2,
            _ => present / 2,
        });

    /// <summary>Another floating-point number.</summary>
    public static float Float(Random random, float present) => random.Next(7) switch
    {
        0 => 0,
        1 => -present,
        2 => float.NaN,
        3 => float.PositiveInfinity,
        4 => present * 1e6f,
        5 => 1e-38f,
        _ => random.NextSingle(),
    };
}
