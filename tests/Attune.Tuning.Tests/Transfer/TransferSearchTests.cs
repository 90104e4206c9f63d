using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

[Trait(Category.Name, Category.Slow)]
public sealed class TransferSearchTests
{
    private static readonly TransferOptions Brief = new() { Steps = 40, InducingPoints = 12 };

    [Theory]
    [InlineData("dgp")]
    [InlineData("auto")]
    public void Tunes_of_another_device_shorten_the_search(string searcher)
    {
        Space space = Landscape.MakeSpace();
        double warm = Histories.Reached(searcher, space, new TuningHistory([Histories.Honest(space)]), trials: 16, seeds: 4);
        double cold = Histories.Reached(searcher, space, null, trials: 16, seeds: 4);
        warm.ShouldBeGreaterThan(cold);
        warm.ShouldBeGreaterThan(0.99);
    }

    [Fact]
    public void A_misleading_history_costs_next_to_nothing()
    {
        Space space = Landscape.MakeSpace();
        HistoryTask honest = Histories.Honest(space);
        double cold = Histories.Reached("auto", space, null, trials: 64, seeds: 4);
        Histories.Reached("auto", space, new TuningHistory([Histories.Reversed(honest)]), trials: 64, seeds: 4).ShouldBeGreaterThan(cold - 0.01);
        Histories.Reached(
            "auto",
            space,
            new TuningHistory([Histories.Shuffled(honest, 1), Histories.Shuffled(honest, 2)]),
            trials: 64,
            seeds: 4).ShouldBeGreaterThan(cold - 0.01);
    }

    [Theory]
    [InlineData("dgp")]
    [InlineData("auto")]
    public void History_of_another_template_is_ignored_and_the_search_is_the_cold_one(string searcher)
    {
        Space space = Landscape.MakeSpace();
        var other = new Space([Knob.Scale("x", [.. Enumerable.Range(1, 40)]), Knob.Scale("y", 1, 2, 4)]);
        var foreign = new HistoryTask("other", "elsewhere", other, [.. Enumerable.Range(0, 60).Select(point => new Observation(point, Outcome.Ok, 1 + point))]);
        Walk(new TuningHistory([foreign])).ShouldBe(Walk(null));

        List<long> Walk(TuningHistory? history) => Landscape.Search(
            SearcherCatalog.Create(searcher, space, new() { Seed = 3, History = history, Transfer = Brief }), space, trials: 40, batch: 8);
    }

    [Fact]
    public void A_task_of_other_shapes_teaches_through_the_deep_process()
    {
        Space space = Landscape.MakeSpace();
        var wider = new Space(
            [Knob.Scale("a", 1, 2, 4, 8, 16, 32, 64), Knob.Split("t", 128, 3), Knob.Split("u", 56, 2), Knob.Choice("order", "x", "y", "z"), Knob.Flag("pack")],
            point => point.Value("a") * point.Tuple("t")[2] <= 512);
        HistoryTask task = Histories.Honest(wider, step: 9);
        var options = new SearcherOptions { History = new TuningHistory([task]), Transfer = new() { Steps = 200, InducingPoints = 24 } };
        TransferKnowledge knowledge = TransferKnowledge.Of(space, options);
        knowledge.Recalled.ShouldBe(0);
        knowledge.Experts.Length.ShouldBe(1);
        long[] points = [.. Histories.Valid(space).Where((_, i) => i % 5 == 0)];
        knowledge.Look(points);
        Correlation([.. points.Select(knowledge.MeanOf)], [.. points.Select(point => -Math.Log(Landscape.TimeOf(space, point)))]).ShouldBeGreaterThan(0.6);
    }

    [Fact]
    public void Equal_seeds_and_histories_give_equal_searches()
    {
        Space space = Landscape.MakeSpace();
        Walk().ShouldBe(Walk());

        List<long> Walk() => Landscape.Search(
            SearcherCatalog.Create("dgp", space, new() { Seed = 5, History = new TuningHistory([Histories.Honest(space)]), Transfer = Brief }), space,
            trials: 48, batch: 8);
    }

    [Fact]
    public void Failures_of_the_past_are_no_favourites()
    {
        // What has a = 8 would be the best, but failed everywhere: half of the first batches comes from history and none of that is such a point.
        Space space = Landscape.MakeSpace();
        HistoryTask task = Histories.Honest(space);
        task = task with
        {
            Observations = [.. task.Observations.Select(each => space[each.Index].Value("a") == 8 ? new Observation(each.Index, Outcome.Crash, 0) : each)],
        };
        var options = new SearcherOptions { History = new TuningHistory([task]), Transfer = Brief with { SelectedShare = 1, Recalled = 0 } };
        var search = new TransferSearch(options, new RecallSearch(options, 0));
        search.Propose(new SearchMemory(space, 1), 16).ShouldAllBe(point => space[point].Value("a") != 8);
    }

    [Fact]
    public void Recall_walks_through_the_past_from_its_best()
    {
        Space space = Landscape.MakeSpace();
        HistoryTask task = Histories.Honest(space, step: 1);
        List<long> walked = Landscape.Search(
            SearcherCatalog.Create("recall", space, new() { History = new TuningHistory([task]), Transfer = Brief }), space, trials: 20, batch: 8);
        walked.Select(point => Landscape.TimeOf(space, point)).ShouldBe(
            Histories.Valid(space).Select(point => Landscape.TimeOf(space, point)).Order().Take(20), 1e-6);
    }

    [Theory]
    [InlineData("dgp")]
    [InlineData("auto")]
    public void A_search_that_knows_other_devices_begins_with_all_that_recall_would_measure(string searcher)
    {
        Space space = Landscape.MakeSpace();
        var history = new TuningHistory([Histories.Honest(space, step: 1), Histories.Shuffled(Histories.Honest(space, step: 1), 3) with { Device = "third" }]);
        Walk(searcher).ShouldBe(Walk("recall"));

        List<long> Walk(string name) => Landscape.Search(
            SearcherCatalog.Create(name, space, new() { Seed = 7, History = history, Transfer = Brief }), space, trials: 16, batch: 1);
    }

    [Fact]
    public void What_was_recalled_does_not_shorten_the_initial_design()
    {
        Space space = Landscape.MakeSpace();
        var memory = new SearchMemory(space, 1);
        var recall = new RecallSearch(new SearcherOptions { History = new TuningHistory([Histories.Honest(space)]) }, limit: 16);
        foreach (long point in recall.Propose(memory, 16))
        {
            memory.Tell(new Observation(point, Outcome.Ok, 1));
        }

        memory.Tell(new Observation(Landscape.Start, Outcome.Ok, 1));
        int wanted = 0;
        new InitialDesign(10, (_, count) => [.. Enumerable.Repeat(0L, wanted = count)], recall).Propose(memory, 1);
        wanted.ShouldBe(9, "the start counts, the sixteen do not");
    }

    [Fact]
    public void Sources_are_believed_as_far_as_they_were_right_here()
    {
        Space space = Landscape.MakeSpace();
        HistoryTask honest = Histories.Honest(space, step: 1);
        var history = new TuningHistory(
            [honest, Histories.Reversed(honest) with { Device = "reversed" }, Histories.Shuffled(honest, 1) with { Device = "shuffled" }]);
        var knowledge = TransferKnowledge.OfSameSpace(space, history);
        var memory = new SearchMemory(space, 1);
        long[] measured = [.. Histories.Valid(space).Where((_, i) => i % 7 == 0)];
        foreach (long point in measured)
        {
            memory.Tell(new Observation(point, Outcome.Ok, Landscape.TimeOf(space, point)));
        }

        knowledge.Look(measured);
        double[] weights = SourceWeights.Of(memory, knowledge);
        weights.ShouldAllBe(weight => weight >= 0);
        weights[0].ShouldBeGreaterThan(0.8);
        weights[1].ShouldBe(0, 1e-6);
        weights[2].ShouldBeLessThan(0.2);
    }

    [Fact]
    public void Sources_count_alike_while_nothing_tells_them_apart()
    {
        Space space = Landscape.MakeSpace();
        HistoryTask honest = Histories.Honest(space, step: 1);
        var knowledge = TransferKnowledge.OfSameSpace(space, new TuningHistory([honest, Histories.Shuffled(honest, 1) with { Device = "shuffled" }]));
        var memory = new SearchMemory(space, 1);
        memory.Tell(new Observation(Histories.Valid(space)[0], Outcome.Ok, 1));
        knowledge.Look([Histories.Valid(space)[0]]);
        SourceWeights.Of(memory, knowledge).ShouldBe([0.5, 0.5]);
    }

    private static double Correlation(double[] a, double[] b)
    {
        double[] left = Ranks(a);
        double[] right = Ranks(b);
        double mean = (a.Length - 1) / 2.0;
        return left.Zip(right, (x, y) => (x - mean) * (y - mean)).Sum() / left.Sum(x => (x - mean) * (x - mean));

        static double[] Ranks(double[] values)
        {
            var ranks = new double[values.Length];
            int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
            for (int rank = 0; rank < order.Length; rank++)
            {
                ranks[order[rank]] = rank;
            }

            return ranks;
        }
    }
}
