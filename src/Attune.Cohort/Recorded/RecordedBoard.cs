using System.Collections.Immutable;
using Attune.Cohort.Profiles;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Recorded;

/// <summary>
/// Profiles from the tables that were recorded on a Jetson TX2 (a folder of CSV files). AlexNet's are measured: per layer, over GPU clock and memory clock, or
/// over GPU clock with the memory clock left to the system. The other networks are scaled from AlexNet's convolutions by multiply-adds, and say so. Low-rank
/// variants have the recorded ranks; their times follow from multiply-adds at half the rate, their losses are half a point per layer, because nobody recorded
/// either.
/// </summary>
public static class RecordedBoard
{
    // The first campaign's clock was evidently capped here: higher values changed nothing.
    private const double HighestAppliedGpu = 854_250_000;
    private const double LossPerLayer = 0.5;
    private const double SmallestStage = 0.03;
    private const double ScaledStages = 12;

    private static readonly ImmutableSortedDictionary<string, (string Network, bool Memory, bool Measured)> Sources =
        new Dictionary<string, (string, bool, bool)>
        {
            ["tx2-alexnet"] = ("alexnet", true, true),
            ["tx2-alexnet-gpu"] = ("alexnet", false, true),
            ["tx2-googlenet"] = ("googlenet", true, false),
            ["tx2-resnet50"] = ("resnet50", true, false),
            ["tx2-vgg19"] = ("vgg19", true, false),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Names of the networks that the folder has tables for.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Sources.Keys];

    /// <summary>Makes a profile.</summary>
    /// <param name="folder">Folder of the tables.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="spread">
    /// 95th percentile of a stage's time over its median, at least 1: the tables have no repetitions, so the simulation's noise says it.
    /// </param>
    public static Result<CohortProfile, DocumentError> Read(string folder, string name, double spread)
    {
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        if (!Sources.TryGetValue(name, out var source))
        {
            problems.Add(
                new DocumentProblem("tables", $"there are no tables '{name}'; there are {string.Join(", ", Names)}") { Unknown = name, Known = Names });
            return new DocumentError(problems.ToImmutable());
        }

        BoardSlots? slots = BoardSlots.Read(
            Path.Combine(folder, $"derived_tx2_alexnet_{(source.Memory ? "emc" : "noemc")}_by_gpu_emc.csv"),
            source.Memory ? HighestAppliedGpu : double.PositiveInfinity,
            problems);
        (double Low, double High)? idle = IdlePower(Path.Combine(folder, "tx2_idle_power.csv"), problems);
        ImmutableArray<RankedConvolution> convolutions = RankedConvolution.Read(Path.Combine(folder, "lowrank_configs.csv"), source.Network, problems);
        if (slots is null || idle is null || problems.Count > 0)
        {
            return new DocumentError(problems.ToImmutable());
        }

        ImmutableArray<RankedConvolution> measured = source.Measured
            ? convolutions
            : RankedConvolution.Read(Path.Combine(folder, "lowrank_configs.csv"), "alexnet", problems);
        Slot[] layers = source.Measured ? Measured(slots, convolutions) : Scaled(slots, measured, convolutions);
        return Profile(source, layers, slots, idle.Value, spread);
    }

    private static CohortProfile Profile(
        (string Network, bool Memory, bool Measured) source, Slot[] layers, BoardSlots slots, (double Low, double High) idle, double spread)
    {
        int fastest = slots.Settings.Length - 1;
        Slot[][] stages = Group(layers, fastest, source.Measured ? SmallestStage : 1 / ScaledStages);
        double[] loss = [.. stages.Select(stage => stage.Sum(slot => slot.LowRankRatio < 1 ? LossPerLayer : 0))];
        double maxMemory = slots.Settings.Max(setting => setting.Memory);
        double minMemory = slots.Settings.Min(setting => setting.Memory);
        return new CohortProfile
        {
            Network = source.Network,
            Machine = "jetson-tx2",
            Origin = source.Measured
                ? "medians recorded per layer on a Jetson TX2; low-rank times from multiply-adds"
                : "scaled by multiply-adds from AlexNet's convolutions as recorded on a Jetson TX2; not measured",
            Energy = source.Measured ? EnergySource.Measured : EnergySource.Estimated,
            RestPowerMw = idle.Low,
            Knobs = source.Memory ? [new ProfileKnob("gpu_hz", "Hz"), new ProfileKnob("emc_hz", "Hz")] : [new ProfileKnob("gpu_hz", "Hz")],
            Stages = [.. stages.Select(stage => new ProfileStage(stage.MaxBy(slot => slot.Time[fastest])!.Name))],
            Variants =
            [
                new ProfileVariant("exact", 0) { StageLoss = [.. loss.Select(_ => 0.0)] }, new ProfileVariant("lowrank", loss.Sum()) { StageLoss = [.. loss] },
            ],
            Settings = [.. slots.Settings.Select((setting, at) => new ProfileSetting(
                source.Memory ? [setting.Gpu, setting.Memory] : [setting.Gpu],
                [Times(stages, at, spread, slot => 1), Times(stages, at, spread, slot => Math.Min(1, slot.LowRankRatio))])
            {
                // Without a memory knob the system keeps the memory fast while something runs.
                IdlePowerMw = maxMemory > minMemory
                    ? idle.Low + ((idle.High - idle.Low) * (setting.Memory - minMemory) / (maxMemory - minMemory))
                    : idle.High,
            })],
        };
    }

    private static StageTimes Times(Slot[][] stages, int setting, double spread, Func<Slot, double> share)
    {
        ImmutableArray<double> times = [.. stages.Select(stage => Math.Max(1, stage.Sum(slot => slot.Time[setting] * share(slot))))];
        return new StageTimes(times)
        {
            StageP95Us = [.. times.Select(time => time * spread)],
            StageMilliJoules = [.. stages.Select(stage => stage.Sum(slot => slot.Energy[setting] * share(slot)))],
        };
    }

    private static Slot[] Measured(BoardSlots slots, ImmutableArray<RankedConvolution> convolutions) =>
        [.. slots.Names.Select((name, slot) => new Slot(
            name,
            [.. Enumerable.Range(0, slots.Settings.Length).Select(setting => slots.Time[setting, slot])],
            [.. Enumerable.Range(0, slots.Settings.Length).Select(setting => slots.Energy[setting, slot])],
            convolutions.FirstOrDefault(each => each.Layer == name)?.TimeRatio ?? 1))];

    private static Slot[] Scaled(BoardSlots slots, ImmutableArray<RankedConvolution> measured, ImmutableArray<RankedConvolution> convolutions)
    {
        int[] places = [.. measured.Select(each => slots.Names.IndexOf(each.Layer))];
        double work = measured.Sum(each => each.Exact);
        double[] time = [.. Enumerable.Range(0, slots.Settings.Length).Select(setting => places.Sum(slot => slots.Time[setting, slot]) / work)];
        double[] energy = [.. Enumerable.Range(0, slots.Settings.Length).Select(setting => places.Sum(slot => slots.Energy[setting, slot]) / work)];
        return [.. convolutions.Select(
            each => new Slot(each.Layer, [.. time.Select(t => t * each.Exact)], [.. energy.Select(e => e * each.Exact)], each.TimeRatio))];
    }

    // Slots shorter than a share of the network have no usable energy reading and no room for a decision: they join the next one.
    private static Slot[][] Group(Slot[] layers, int fastest, double share)
    {
        double min = share * layers.Sum(slot => slot.Time[fastest]);
        var groups = new List<List<Slot>> { new() };
        foreach (Slot slot in layers)
        {
            if (groups[^1].Sum(each => each.Time[fastest]) >= min)
            {
                groups.Add([]);
            }

            groups[^1].Add(slot);
        }

        if (groups.Count > 1 && groups[^1].Sum(each => each.Time[fastest]) < min)
        {
            groups[^2].AddRange(groups[^1]);
            groups.RemoveAt(groups.Count - 1);
        }

        return [.. groups.Select(group => group.ToArray())];
    }

    // Idle at the lowest corner and at the highest one.
    private static (double Low, double High)? IdlePower(string path, ImmutableArray<DocumentProblem>.Builder problems)
    {
        RecordedTable? table = RecordedTable.Read(path, [], ["little_khz", "gpu_hz", "emc_hz", "power_total_mw"], problems);
        if (table is null || table.Count == 0)
        {
            return null;
        }

        int[] byClocks = [.. Enumerable.Range(0, table.Count).OrderBy(
            row => table.Number(row, "emc_hz") + table.Number(row, "gpu_hz") + table.Number(row, "little_khz"))];
        return (table.Number(byClocks[0], "power_total_mw"), table.Number(byClocks[^1], "power_total_mw"));
    }

    private sealed record Slot(string Name, double[] Time, double[] Energy, double LowRankRatio);
}
