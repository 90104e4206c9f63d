using Attune.Cli.Output;
using Attune.Measuring.Bench;
using Spectre.Console;

namespace Attune.Cli.Bench;

/// <summary>Load time and memory as lines of text.</summary>
internal static class LoadReport
{
    /// <summary>Prints the figures.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="sides">Ours, and the peer's if there is one.</param>
    public static void Print(IAnsiConsole report, LoadFigures[] sides)
    {
        LoadFigures ours = sides[0];
        string peer = sides.Length > 1 ? $", peer {Milliseconds(sides[1].LoadMs)}" : string.Empty;
        report.Line($"load    {Milliseconds(ours.LoadMs)}{peer} (median of {ours.Processes} fresh processes; read {Milliseconds(ours.Fact("read_ms"))}, "
            + $"compile {Milliseconds(ours.Fact("compile_ms"))}, pack {Milliseconds(ours.Fact("pack_ms"))}, the last two summed over threads)");
        peer = sides.Length > 1 ? $", peer {Bytes(sides[1].PeakRssBytes)}" : string.Empty;
        report.Line($"memory  peak {Bytes(ours.PeakRssBytes)}{peer}; {ours.Fact("allocated_bytes_per_run"):0} bytes allocated per run");
    }

    private static string Milliseconds(double? value) => value is { } known ? Units.Milliseconds(known) : "unknown";

    private static string Bytes(long? value) => value is { } known ? Units.Bytes(known) : "unknown";
}
