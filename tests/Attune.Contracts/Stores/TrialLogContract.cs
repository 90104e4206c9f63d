using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Run;

namespace Attune.Contracts.Stores;

/// <summary>What every trial log must do. A new one inherits this by a class that opens it.</summary>
public abstract class TrialLogContract : WorkFolder
{
    private const string Key = "conv2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v4";
    private const string Other = "conv2d/1x8x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v4";

    /// <summary>The log as the next run finds it: what was appended before is there.</summary>
    protected abstract ITrialLog Reopen();

    [Fact]
    public void Trials_of_a_task_come_back_whole_and_oldest_first()
    {
        ITrialLog log = Reopen();
        Trial[] trials = [TrialOf(Key, 0, Timed(2.5)), TrialOf(Other, 1, Timed(9)), TrialOf(
            Key, 2, MeasureResult.Failed(Outcome.Crash, "exit code 139", 3)), TrialOf(Key, 3, Timed(1.5))];
        foreach (Trial trial in trials)
        {
            log.Append(trial);
        }

        log = Reopen();
        Trial[] loaded = [.. log.Load(Key)];
        loaded.Length.ShouldBe(3);
        foreach ((Trial found, Trial expected) in loaded.Zip(trials.Where(trial => trial.TaskKey == Key)))
        {
            found.Knobs.ShouldBe(expected.Knobs, ignoreOrder: true);
            (found.TaskKey, found.Index, found.Threads, found.Searcher, found.Seed, found.Time).ShouldBe(
                (expected.TaskKey, expected.Index, expected.Threads, expected.Searcher, expected.Seed, expected.Time));
            found.Result.TimesMs.ShouldBe(expected.Result.TimesMs);
            (found.Result with { TimesMs = [] }).ShouldBe(expected.Result with { TimesMs = [] });
        }

        log.Load(Other).ShouldHaveSingleItem().Index.ShouldBe(1);
        log.Load(Key.Replace("8x3x3", "24x3x3")).ShouldBeEmpty();
    }

    [Fact]
    public void A_wrong_result_disqualifies_its_configuration_at_once_and_for_good()
    {
        ITrialLog log = Reopen();
        log.Disqualified(Key).ShouldBeEmpty();
        Trial wrong = TrialOf(Key, 0, MeasureResult.Failed(Outcome.WrongResult, "differs by 12"));
        log.Append(TrialOf(Key, 1, MeasureResult.Failed(Outcome.Crash, "exit code 139")));
        log.Append(wrong);
        log.Append(TrialOf(Other, 2, Timed(1)));
        log.Disqualified(Key).ShouldHaveSingleItem().ShouldBe(wrong.Knobs, ignoreOrder: true);
        log = Reopen();
        log.Disqualified(Key).ShouldHaveSingleItem().ShouldBe(wrong.Knobs, ignoreOrder: true);
        log.Disqualified(Other).ShouldBeEmpty();
    }

    private static MeasureResult Timed(double ms) => new(Outcome.Ok, [ms, 1.25 * ms, 0.75 * ms], ms, 4, 0.5, null);

    private static Trial TrialOf(string key, int number, MeasureResult result)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key)!;
        KernelTarget target = HostTarget.Of(workload.Lanes);
        Space space = KernelTemplates.CreateSpace(workload, target);
        Configuration point = space[KernelTemplates.DefaultIndex(workload, space, target)];
        return new Trial(key, number, point.ToLabels(), 2, result, "random", 7, DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(number));
    }
}
