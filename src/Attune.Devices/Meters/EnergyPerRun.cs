namespace Attune.Devices.Meters;

/// <summary>Energy of something that can be run again and again. Stateless.</summary>
internal static class EnergyPerRun
{
    /// <summary>Energy of one run, joules, of all that the meter counts, idle power included; null when the meter could not be read or did not move.</summary>
    /// <param name="meter">Counts; the runs together should take many of its update intervals.</param>
    /// <param name="run">Runs once.</param>
    /// <param name="runs">How often to run, at least 1.</param>
    public static double? Joules(IEnergyMeter meter, Action run, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        double? before = meter.MilliJoules();
        for (int i = 0; i < runs; i++)
        {
            run();
        }

        double? spent = meter.MilliJoules() - before;
        return spent > 0 ? spent / 1000 / runs : null;
    }
}
