using Attune.Kernels.Spaces;
using Attune.Learning;
using Attune.Records;
using Attune.Tuning.AutoTvm;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.AutoTvm;

public sealed class AutoTvmSearchTests
{
    [Theory]
    [InlineData(0.1, 1, 0.1)]
    [InlineData(-2, 0.5, -4)]
    [InlineData(50, 1, 1)] // better steps are taken, however much better
    public void A_step_is_accepted_by_its_gain_over_the_temperature(double gain, double temperature, double exponent) =>
        SimulatedAnnealing.AcceptanceProbability(gain, temperature).ShouldBe(Math.Exp(exponent), 1e-3);

    [Fact]
    public void The_first_plan_is_random_and_later_ones_follow_the_model()
    {
        // A landscape of one knob value: everything with a = 8 is twenty times faster.
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create("autotvm", space, new() { Seed = 2, AutoTvm = new() { PlanSize = 32 } });
        var share = new List<double>();
        for (int plan = 0; plan < 3; plan++)
        {
            var asked = searcher.Ask(32);
            share.Add(asked.Count(point => space[point].Value("a") == 8) / 32.0);
            searcher.Tell([.. asked.Select(point => new Observation(point, Outcome.Ok, space[point].Value("a") == 8 ? 1 : 20))]);
        }

        share[0].ShouldBeLessThan(0.5);

        // Of 32 points one (5 % rounded down) is random.
        share[2].ShouldBeGreaterThanOrEqualTo(31 / 32.0);
    }

    [Fact]
    public void Annealing_returns_the_best_unmeasured_valid_points_in_order()
    {
        Space space = new([Knob.Scale("a", [.. Enumerable.Range(0, 20)]), Knob.Scale("b", [.. Enumerable.Range(0, 20)])], point => point.Index % 7 != 0);
        var memory = new SearchMemory(space, 3);
        memory.Tell(new Observation(398, Outcome.Ok, 1));
        var annealing = new SimulatedAnnealing(new AutoTvmOptions { Patience = 500 });
        (long Point, float Score)[] found = annealing.FindMaximums(memory, point => point, _ => true, 8);
        found.Select(entry => entry.Point).ShouldBe([397, 396, 395, 394, 393, 391, 390, 389]);
        annealing.FindMaximums(memory, point => point, point => point < 100, 2).Select(entry => entry.Point).ShouldBe([99, 97]);
    }

    [Fact]
    public void The_heap_keeps_the_best_and_says_when_it_changes()
    {
        var best = new BestPoints(2);
        best.Offer(1, 5).ShouldBeTrue();
        best.Offer(2, 1).ShouldBeTrue();
        best.Offer(3, 0).ShouldBeFalse();
        best.Offer(4, 3).ShouldBeTrue();
        best.Offer(4, 9).ShouldBeFalse();
        best.Saw(3).ShouldBeTrue();
        best.Descending().ShouldBe([(1, 5), (4, 3)]);
    }

    [Fact]
    public void The_diversity_filter_covers_values_before_repeating_them()
    {
        Space space = new([Knob.Scale("a", 1, 2, 3), Knob.Scale("b", 1, 2, 3)]);

        // (0,0), (0,1), (1,1), (2,2) as index a + 3 b: after (0,0), (1,1) brings two new values, then (2,2) does.
        SubmodularPick.Choose(space, [0, 3, 4, 8], 3).ShouldBe([0, 4, 8]);
    }

    [Fact]
    public void Zero_scores_end_a_quirky_plan_early()
    {
        // Everything but one point fails, so the model of the faithful tuner predicts next to nothing; both must still give valid points.
        Space space = Landscape.MakeSpace();
        foreach (bool quirks in new[] { true, false })
        {
            ISearcher searcher = SearcherCatalog.Create(
                "autotvm-rank", space, new() { AutoTvm = new() { PlanSize = 8, Chains = 16, Steps = 40, Quirks = quirks } });
            for (int i = 0; i < 6; i++)
            {
                var asked = searcher.Ask(8);
                asked.Length.ShouldBe(8);
                searcher.Tell(
                    [.. asked.Select((point, place) => place == 0 ? Landscape.Observe(space, point) : new Observation(point, Outcome.CompileError, 0))]);
            }
        }
    }

    [Fact]
    public void History_of_the_same_task_guides_the_first_plan_and_fades()
    {
        Space space = Landscape.MakeSpace();
        long[] seen = [.. Landscape.Search(SearcherCatalog.Create("random", space, new() { Seed = 7 }), space, 600, 50)];
        var history = new TuningHistory([new HistoryTask("before", "device", space, [.. Landscape.Measure(space, seen)])]);
        double warm = Enumerable.Range(1, 5).Average(seed => First(seed, history));
        double cold = Enumerable.Range(1, 5).Average(seed => First(seed, null));
        warm.ShouldBeLessThan(cold);

        double First(int seed, TuningHistory? from)
        {
            ISearcher searcher = SearcherCatalog.Create("autotvm", space, new() { Seed = seed, History = from });
            return searcher.Ask(16).Min(point => Landscape.TimeOf(space, point));
        }
    }

    [Fact]
    public void Labels_of_history_are_divided_per_task_unless_the_quirk_is_asked_for()
    {
        FeatureTable one = FeatureTable.Of([[1f], [2f]]);
        var history = new AutoTvmHistory([new AutoTvmHistory.TaskRows(one, [10, 5]), new AutoTvmHistory.TaskRows(one, [100, 50])]);
        history.Joined(globally: false).Labels.ShouldBe([1f, 0.5f, 1f, 0.5f]);
        history.Joined(globally: true).Labels.ShouldBe([0.1f, 0.05f, 1f, 0.5f]);
    }

    [Fact]
    public void The_model_avoids_what_fails_unless_quirks_train_it_as_zero()
    {
        Space space = Landscape.MakeSpace();
        ISearcher searcher = SearcherCatalog.Create("autotvm", space, new() { Seed = 3, AutoTvm = new() { PlanSize = 32 } });
        int failures = 0;
        for (int plan = 0; plan < 4; plan++)
        {
            var asked = searcher.Ask(32);
            failures = asked.Count(Fails);
            searcher.Tell([.. asked.Select(point => Fails(point) ? new Observation(point, Outcome.Crash, 0) : Landscape.Observe(space, point))]);
        }

        failures.ShouldBeLessThanOrEqualTo(2);

        bool Fails(long point) => space[point].Value("a") >= 32;
    }
}
