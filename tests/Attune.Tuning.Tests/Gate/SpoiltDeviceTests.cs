using Attune.Kernels.Backends;
using Attune.Kernels.Sources;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;
using Attune.Records;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Gate;

/// <summary>The gate on a device with memory of its own: kernels that are wrong and look fast do not win there either.</summary>
public sealed class SpoiltDeviceTests
{
    private const string Key = "conv2d/1x6x7x5/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1";
    private const int Outputs = 8 * 7 * 5;

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public Task One_wrong_number_does_not_win() => NothingSpoiltWins(1, output => output[Outputs / 2] += 1);

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public Task A_part_that_was_not_computed_does_not_win() => NothingSpoiltWins(1, output => output[(Outputs * 3 / 4)..Outputs].Clear());

    [NeedingFact(Need.OpenCl)]
    [Trait(Category.Name, Category.Slow)]
    public Task A_kernel_that_is_wrong_now_and_then_does_not_win() => NothingSpoiltWins(10, output => output[3] = float.NaN);

    private static async Task NothingSpoiltWins(int every, SpanAction spoil)
    {
        // The factory disposes of it.
        IBackend device = BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));
        WeightedWorkload workload = WeightedWorkload.TryParse(Key).ShouldNotBeNull();
        KernelTarget target = device.Target;
        Space space = KernelTemplates.CreateSpace(workload, target);
        long start = KernelTemplates.DefaultIndex(workload, space, target);
        string? first = null;

        // The default is what the search begins with.
        bool IsDefault(KernelSource source)
        {
            string text = string.Concat(source.Phases.Select(
                (phase, i) => SourcePrinter.Print(phase.Program, $"p{i}", phase.Units, source.ScratchFloats).Body));
            first ??= text;
            return text == first;
        }

        var spoilt = new SpoiltBackend(device, IsDefault, every, output => spoil(output));
        using var factory = new KernelCandidateFactory(1 << 12) { Backend = spoilt };
        await using var measurer = new HereMeasurer(factory, TimeProvider.System);
        var log = new MemoryTrialLog();
        var task = new TuningTask(workload.Title, Key, space, start, 1, workload.Flops)
        {
            Suggestions = [.. KernelTemplates.SuggestedIndices(workload, space, target, 1)],
        };
        var options = new TuningOptions { Trials = 5, Threads = 1, Seed = 1, Searcher = "random", FinalCandidates = 2, FinalRounds = 1 };
        TuningReport report = await new TuningRun([task], options, measurer, log, TimeProvider.System).RunAsync(CancellationToken.None);
        TaskReport result = report.Tasks.ShouldHaveSingleItem();
        result.BestIndex.ShouldBe(start);
        spoilt.Spoilt.ShouldBeGreaterThan(0);
        log.Trials.Where(trial => trial.Result.Outcome == Outcome.WrongResult).ShouldAllBe(trial => trial.Index != start);
        log.Trials.ShouldContain(trial => trial.Result.Outcome == Outcome.WrongResult);
    }

    private delegate void SpanAction(Span<float> output);
}
