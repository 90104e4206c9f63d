using System.Collections.Immutable;
using Attune.Records.Documents;

namespace Attune.Cohort.Recorded;

/// <summary>Median time and mean energy of every layer slot of one network at every setting, as recorded on a board.</summary>
internal sealed class BoardSlots
{
    private BoardSlots(ImmutableArray<string> names, ImmutableArray<(double Gpu, double Memory)> settings, double[,] time, double[,] energy)
    {
        Names = names;
        Settings = settings;
        Time = time;
        Energy = energy;
    }

    public ImmutableArray<string> Names { get; }

    /// <summary>GPU and memory clock, Hz; 0 where the campaign left the memory clock to the system.</summary>
    public ImmutableArray<(double Gpu, double Memory)> Settings { get; }

    /// <summary>Microseconds by setting and slot.</summary>
    public double[,] Time { get; }

    /// <summary>Millijoules by setting and slot.</summary>
    public double[,] Energy { get; }

    /// <summary>Reads a table of medians per (GPU clock, memory clock, slot).</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxGpu">Largest GPU clock that was really applied, Hz; rows above it are left out.</param>
    /// <param name="problems">Where problems go.</param>
    public static BoardSlots? Read(string path, double maxGpu, ImmutableArray<DocumentProblem>.Builder problems)
    {
        RecordedTable? table = RecordedTable.Read(path, ["layer_name"], ["gpu_hz", "emc_hz?", "slot", "latency_us_median", "energy_total_mj_mean"], problems);
        if (table is null)
        {
            return null;
        }

        var rows = Enumerable.Range(0, table.Count)
            .Select(row => (
                Setting: (Gpu: table.Number(row, "gpu_hz"), Memory: table.Number(row, "emc_hz")),
                Slot: (int)table.Number(row, "slot"),
                Name: table.Text(row, "layer_name"),
                Time: table.Number(row, "latency_us_median"),
                Energy: table.Number(row, "energy_total_mj_mean")))
            .Where(row => row.Setting.Gpu <= maxGpu)
            .ToArray();
        ImmutableArray<string> names = [.. rows.DistinctBy(row => row.Slot).OrderBy(row => row.Slot).Select(row => row.Name)];
        ImmutableArray<(double Gpu, double Memory)> settings = [.. rows.Select(row => row.Setting).Distinct().OrderBy(setting => setting.Memory).ThenBy(
            setting => setting.Gpu)];
        double[,] time = new double[settings.Length, names.Length];
        double[,] energy = new double[settings.Length, names.Length];
        foreach (var row in rows)
        {
            if (row.Slot < 0 || row.Slot >= names.Length || !(row.Time >= 0) || !(row.Energy >= 0))
            {
                problems.Add(new DocumentProblem(path, $"slot {row.Slot} at {row.Setting.Gpu} Hz has no usable time or energy"));
                return null;
            }

            int at = settings.IndexOf(row.Setting);
            time[at, row.Slot] = row.Time;
            energy[at, row.Slot] = row.Energy;
        }

        if (rows.Length == 0 || rows.Length != settings.Length * names.Length)
        {
            problems.Add(new DocumentProblem(path, $"{rows.Length} rows are not {names.Length} slots at each of {settings.Length} settings"));
            return null;
        }

        return new BoardSlots(names, settings, time, energy);
    }
}
