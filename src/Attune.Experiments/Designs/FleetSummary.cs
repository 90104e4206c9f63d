using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Design.Linear;
using Attune.Design.Pareto;
using Attune.Design.Proxies;
using Attune.Design.Ranking;

namespace Attune.Experiments.Designs;

/// <summary>What measurements of many devices say of each device as a target.</summary>
/// <param name="Designs">Number of designs.</param>
/// <param name="Devices">Names of the devices.</param>
/// <param name="Matrix">Rank correlations, row-major; null where there is none.</param>
/// <param name="Targets">One row per device.</param>
public sealed record FleetSummary(int Designs, ImmutableArray<string> Devices, ImmutableArray<double?> Matrix, ImmutableArray<FleetTarget> Targets)
{
    /// <summary>Computes the summary.</summary>
    /// <param name="folder">The measurements.</param>
    public static FleetSummary Of(DesignFolder folder)
    {
        var matrix = RankMatrix.Of(folder.Devices);
        return new FleetSummary(
            folder.Designs,
            matrix.Devices,
            [.. matrix.Values.Select(value => double.IsNaN(value) ? (double?)null : value)],
            [.. Enumerable.Range(0, folder.Devices.Length).Select(i => TargetOf(folder, matrix, i))]);
    }

    private static FleetTarget TargetOf(DesignFolder folder, RankMatrix matrix, int target)
    {
        DeviceColumn device = folder.Devices[target];
        ImmutableArray<DeviceColumn> itself = folder.Copies.FirstOrDefault(group => group.Contains(device), [device]);
        int best = -1;
        for (int j = 0; j < folder.Devices.Length; j++)
        {
            // A copy of the target is the target: what it orders well says nothing of other devices.
            if (!itself.Contains(folder.Devices[j]) && !double.IsNaN(matrix[target, j]) && (best < 0 || matrix[target, j] > matrix[target, best]))
            {
                best = j;
            }
        }

        UnitPredictor? units = (folder.Structure ?? folder.Units) is { } counts && device.Measured > 0 ? UnitPredictor.Fit(counts, device.Values) : null;
        double? predicted = units is null || double.IsNaN(units.RankCorrelation) ? null : units.RankCorrelation;
        int? front = folder.Accuracies.IsEmpty ? null : ParetoFront.Of(device.Values, folder.Accuracies[0].Values).Length;
        return best < 0
            ? new FleetTarget(device.Name, device.Measured, "-", null, "no proxy", predicted, front)
            : new FleetTarget(
                device.Name,
                device.Measured,
                folder.Devices[best].Name,
                matrix[target, best],
                Words(ProxyPool.ActionFor(matrix[target, best])),
                predicted,
                front);
    }

    private static string Words(ProxyAction action) => action switch
    {
        ProxyAction.Accept => "use its front",
        ProxyAction.AcceptWithLayers => "use its first three layers",
        ProxyAction.Adapt => "adapt with about 50 measurements",
        _ => "do not use",
    };
}
