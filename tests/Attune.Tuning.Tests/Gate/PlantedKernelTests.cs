using System.Globalization;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;
using Attune.Records;
using Attune.Tuning.Run;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Gate;

/// <summary>
/// Whole tunes over real kernels of which most are spoilt and look five times as fast: none of those may win. Set ATTUNE_PLANTED_TUNES for more tunes per fault
/// than the few that run by default.
/// </summary>
public sealed class PlantedKernelTests(ITestOutputHelper output)
{
    private static readonly int Lanes = HostTarget.Widest.Lanes;

    private static int Tunes =>
        int.TryParse(Environment.GetEnvironmentVariable("ATTUNE_PLANTED_TUNES"), CultureInfo.InvariantCulture, out int tunes) ? tunes : 5;

    private static string[] Tasks =>
    [
        $"conv2d/1x{Lanes}x9x7/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{Lanes}",
        $"conv2d/1x{Lanes + 3}x6x5/{Lanes + 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{Lanes}",
        $"dense/1x37x1x3/{(3 * Lanes) - 1}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}",
        $"depthwise2d/1x{2 * Lanes}x9x9/{2 * Lanes}x3x3/s2x2/p1,1,1,1/d1x1/g{2 * Lanes}/blocked-blocked/v{Lanes}",
        $"depthwise2d/1x{Lanes}x8x8/{Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g{Lanes}/blocked-blocked/v{Lanes}+conv2d/1x{Lanes}x8x8/"
        + $"{2 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v{Lanes}",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait(Category.Name, Category.Slow)]
    public async Task No_spoilt_kernel_wins(PlantedFault fault)
    {
        int built = 0;
        int caught = 0;
        for (int tune = 0; tune < Tunes; tune++)
        {
            string key = Tasks[tune % Tasks.Length];
            int threads = fault == PlantedFault.OnSecondThread ? 2 : 1 + (tune / Tasks.Length % 2);
            var clock = new ManualClock();
            WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull(key);
            Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
            long start = KernelTemplates.DefaultIndex(workload, space, HostTarget.Of(workload.Lanes));
            var planted = new PlantedKernels(workload, start, fault, tune, clock);
            using var factory = new KernelCandidateFactory(1 << 12, clock) { Plant = planted.Plant };
            await using var measurer = new HereMeasurer(factory, clock);
            var log = new MemoryTrialLog();
            var task = new TuningTask(
                workload.Title,
                key,
                space,
                start,
                1,
                workload.Flops)
            { Suggestions = [.. KernelTemplates.SuggestedIndices(workload, space, HostTarget.Of(workload.Lanes), threads)] };
            var options = new TuningOptions { Trials = 8, Threads = threads, Seed = 1 + tune, Searcher = "random", FinalCandidates = 3, FinalRounds = 2 };
            TuningReport report = await new TuningRun([task], options, measurer, log, clock).RunAsync(CancellationToken.None);

            TaskReport result = report.Tasks.ShouldHaveSingleItem();
            string what = $"tune {tune}: {key}, {threads} threads, {space[result.BestIndex]}";
            planted.IsPlanted(result.BestIndex).ShouldBeFalse(what);
            result.BestMs.ShouldNotBeNull(what).ShouldBeGreaterThan(0.9, what);
            result.Confirmed.ShouldContain(result.BestIndex, what);
            log.Trials.Where(trial => trial.Result.Outcome == Outcome.WrongResult).ShouldAllBe(trial => planted.IsPlanted(trial.Index), what);
            built += planted.Built.Count;
            caught += log.Trials.Where(trial => trial.Result.Outcome == Outcome.WrongResult).Select(trial => trial.Index).Distinct().Count();
        }

        output.WriteLine($"{fault}: {Tunes} tunes, {built} spoilt kernels built, {caught} of them found wrong, none won");
        caught.ShouldBeGreaterThan(0);
    }

    public static TheoryData<PlantedFault> Faults() => [.. Enum.GetValues<PlantedFault>()];
}
