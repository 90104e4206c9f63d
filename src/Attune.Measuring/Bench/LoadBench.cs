using Attune.Measuring.Peers;
using Attune.Numerics;

namespace Attune.Measuring.Bench;

/// <summary>
/// Measures load time and memory in fresh processes, one after the other and in turns, so that both sides find the same machine: a file in the page cache,
/// an empty heap, nothing compiled yet.
/// </summary>
/// <param name="clock">Time.</param>
/// <param name="progress">Told the number of the round that begins, from 1; null for nobody.</param>
public sealed class LoadBench(TimeProvider clock, Action<int>? progress = null)
{
    private const int MaxProcesses = 7;
    private const int MinProcesses = 3;

    /// <summary>Starts processes until the time is up, but some of each side in any case.</summary>
    /// <param name="sides">How to start one process of each side.</param>
    /// <param name="duration">About how long it may take.</param>
    /// <param name="cancellation">Interrupts.</param>
    /// <returns>Figures of each side, in order.</returns>
    /// <exception cref="PeerFailedException">A process refused the model or ended early.</exception>
    public async Task<LoadFigures[]> RunAsync(
        IReadOnlyList<Func<CancellationToken, Task<PeerProcess>>> sides, TimeSpan duration, CancellationToken cancellation)
    {
        var facts = sides.Select(_ => new List<IReadOnlyDictionary<string, double>>()).ToArray();
        var peaks = sides.Select(_ => new List<double>()).ToArray();
        long start = clock.GetTimestamp();
        for (int round = 0; round < MaxProcesses && (round < MinProcesses || clock.GetElapsedTime(start) < duration); round++)
        {
            progress?.Invoke(round + 1);
            for (int turn = 0; turn < sides.Count; turn++)
            {
                int side = round % 2 == 0 ? turn : sides.Count - 1 - turn;
                await using PeerProcess process = await sides[side](cancellation);
                await process.RunAsync(3, cancellation);
                facts[side].Add(process.Facts);
                peaks[side].Add(process.PeakResidentBytes());
            }
        }

        return [.. sides.Select((_, side) => Figures(facts[side], peaks[side]))];
    }

    private static LoadFigures Figures(List<IReadOnlyDictionary<string, double>> told, List<double> peaks)
    {
        Dictionary<string, double> medians = told.SelectMany(facts => facts).GroupBy(fact => fact.Key).ToDictionary(
            group => group.Key, group => Quantiles.Median(group.Select(fact => fact.Value)));
        double peak = Quantiles.Median(peaks);
        return new LoadFigures(told.Count, medians.TryGetValue("load_ms", out double load) ? load : null, peak > 0 ? (long)peak : null, medians);
    }
}
