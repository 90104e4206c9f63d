using System.Runtime.CompilerServices;

namespace Attune.Measuring.Probes;

/// <summary>
/// Effective clock: a chain of dependent integer additions, one cycle each on every processor of the last twenty years, so additions per second are cycles per
/// second. Unlike what the system announces, it is what a kernel gets. Virtual machines included.
/// </summary>
public static class ClockProbe
{
    private const int AdditionsPerStep = 16;
    private const int Steps = 2_000_000;
    private const int Repeats = 5;
    private static volatile int sink;

    /// <summary>Clock of one busy core, 10^9 cycles a second.</summary>
    public static double GigaHertz(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        double fastest = double.PositiveInfinity;
        for (int i = 0; i < Repeats; i++)
        {
            long start = clock.GetTimestamp();
            sink = Chain(Steps, i + 1, sink | 1);
            fastest = Math.Min(fastest, clock.GetElapsedTime(start).TotalSeconds);
        }

        return (double)AdditionsPerStep * Steps / fastest / 1e9;
    }

    // Two unknown operands take turns: the compiler cannot fold x + y + x ... into a multiplication, and each addition needs the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Chain(int steps, int x, int y)
    {
        for (; steps > 0; steps--)
        {
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
            x += y;
            y += x;
        }

        return x ^ y;
    }
}
