using System.Globalization;

namespace Attune.Devices;

/// <summary>
/// The processor package's energy counter that Linux shows as a file (powercap, Intel and AMD). It counts microjoules of the whole package, whatever runs on it, and wraps around.
/// Many machines and nearly all virtual ones have none, or none that may be read: then there is no energy, rather than a guess.
/// </summary>
public sealed class EnergyMeter
{
    private const string Root = "/sys/class/powercap";
    private readonly string counter;
    private readonly double rangeJoules;

    private EnergyMeter(string counter, double rangeJoules)
    {
        this.counter = counter;
        this.rangeJoules = rangeJoules;
    }

    /// <summary>The meter of the first package; null where there is none that can be read.</summary>
    public static EnergyMeter? Find() => Find(Root);

    /// <summary>The meter under another folder than the system's.</summary>
    internal static EnergyMeter? Find(string root)
    {
        if (!Directory.Exists(root))
        {
            return null;
        }

        foreach (string zone in Directory.EnumerateDirectories(root, "*-rapl:*").Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(zone, "energy_uj");
            if (Number(Path.Combine(zone, "max_energy_range_uj")) is { } range && Number(file) is not null)
            {
                return new EnergyMeter(file, range * 1e-6);
            }
        }

        return null;
    }

    /// <summary>Package energy of one run, joules, idle power included; null when the counter could not be read or did not move.</summary>
    /// <param name="run">Runs once.</param>
    /// <param name="runs">How often to run, at least 1.</param>
    public double? JoulesPerRun(Action run, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        double? before = Number(counter);
        for (int i = 0; i < runs; i++)
        {
            run();
        }

        double? after = Number(counter);
        double? spent = (after - before) * 1e-6;
        return spent switch
        {
            null or 0 => null,
            < 0 => (spent + rangeJoules) / runs,
            _ => spent / runs,
        };
    }

    private static double? Number(string path)
    {
        try
        {
            return double.TryParse(File.ReadAllText(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out double value) ? value : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
