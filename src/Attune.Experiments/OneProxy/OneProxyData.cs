using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Experiments.Setup;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// The public measurements: 18 devices on 1999 designs, and where present 27 settings on all designs and the simulated accelerators. Immutable once read.
/// </summary>
public sealed class OneProxyData
{
    /// <summary>Devices that are copies of others, of which one each stays in the pool of proxies.</summary>
    public static readonly ImmutableArray<string> Copies = ["i7_7820X", "Adreno640"];

    private OneProxyData(DesignFolder small, DesignFolder? full, DesignFolder? simulated)
    {
        Small = small;
        Full = full;
        Simulated = simulated;
    }

    /// <summary>The release's subset with all devices.</summary>
    public DesignFolder Small { get; }

    /// <summary>All designs of the space on device and batch settings; null where the folder lacks it.</summary>
    public DesignFolder? Full { get; }

    /// <summary>Simulated accelerators: cycles and energies as devices; null where the folder lacks it.</summary>
    public DesignFolder? Simulated { get; }

    /// <summary>Devices of the subset without the copies.</summary>
    public ImmutableArray<DeviceColumn> Distinct => [.. Small.Devices.Where(device => !Copies.Contains(device.Name))];

    /// <summary>Text that changes with the data: names of the devices and sums of their latencies.</summary>
    public string Signature =>
        SpaceText.Hash(new[] { Small, Full, Simulated }.Where(folder => folder is not null).SelectMany(folder => folder!.Devices).Select(
            device => $"{device.Name}={device.Values.Where(value => !double.IsNaN(value)).Sum():R}"));

    /// <summary>Reads a folder.</summary>
    /// <exception cref="DesignDataException">A table is missing or malformed.</exception>
    public static OneProxyData Read(string folder)
    {
        DesignFolder small = DesignFolder.Read(folder);
        if (small.Units is null || small.Genes is null || small.Accuracies.IsEmpty)
        {
            throw new DesignDataException($"{folder} must hold architectures.csv with units and genes, and accuracy.csv, besides latency_ms.csv.");
        }

        string full = Path.Combine(folder, "nb201-full");
        return new OneProxyData(small, Directory.Exists(full) ? DesignFolder.Read(full) : null, Accelerators(Path.Combine(folder, "nb301-accelerators")));
    }

    /// <summary>Unit predictors of all devices of the subset.</summary>
    public ImmutableDictionary<string, UnitPredictor> Predictors() =>
        Small.Devices.ToImmutableDictionary(device => device.Name, device => UnitPredictor.Fit(Small.Units!, device.Values));

    private static DesignFolder? Accelerators(string folder) =>
        File.Exists(Path.Combine(folder, "points.csv"))
            ? DesignFolder.ReadPoints(Path.Combine(folder, "points.csv"), ["cycles_", "energy_"], "nb301_pred_acc")
            : null;
}
