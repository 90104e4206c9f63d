using Attune.Measuring.Timing;

namespace Attune.Measuring.Probes;

/// <summary>Noise floor: times the same piece of work again and again. Differences between candidates below this spread mean nothing.</summary>
public static class NoiseProbe
{
    /// <summary>Times the fixed work.</summary>
    /// <param name="repeats">How often; at least 10.</param>
    /// <param name="clock">Clock; null for the system's.</param>
    public static NoiseReport Run(int repeats = 60, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 10);
        clock ??= TimeProvider.System;
        for (int i = 0; i < 3; i++)
        {
            CalibrationKernel.Run(FixedWork);
        }

        var times = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            long start = clock.GetTimestamp();
            CalibrationKernel.Run(FixedWork);
            times[i] = clock.GetElapsedTime(start).TotalMilliseconds;
        }

        return NoiseReport.Of(times);
    }

    // About 2 ms on a processor of 3 to 5 GHz.
    private const int FixedWork = 10;
}
