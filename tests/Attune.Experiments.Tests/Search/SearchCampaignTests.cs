using System.Collections.Immutable;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Tuning.Search;

namespace Attune.Experiments.Tests.Search;

public sealed class SearchCampaignTests : WorkFolder
{
    private static readonly ExperimentOptions Options = new()
    {
        Arms = [new SearchArm("random", "random", 24), new SearchArm("bao", "bao", 24)],
        Seeds = 2,
        Trials = 40,
        Batch = 4,
    };

    [Fact]
    public async Task Every_tuner_searches_every_task_with_every_seed()
    {
        ImmutableArray<SearchTrace> traces = await RunAsync(new BowlDevice(), [Bowl.Task(), Bowl.Task("net", "second")]);
        traces.Length.ShouldBe(2 * 2 * 2);
        traces.Select(trace => (trace.Task, trace.Arm, trace.Seed)).Distinct().Count().ShouldBe(8);
        traces.ShouldAllBe(trace => trace.Points.Length <= 40 && trace.Best != null);
        traces.ShouldAllBe(trace => trace.Points.Select(point => point.Index).Distinct().Count() == trace.Points.Length);
        traces.ShouldAllBe(trace => trace.Seconds >= trace.Points.Length * 0.04);
    }

    [Fact]
    public async Task A_finished_campaign_repeats_from_its_file_without_measuring()
    {
        ImmutableArray<SearchTrace> first = await RunAsync(new BowlDevice(), [Bowl.Task()]);
        var second = new BowlDevice();
        ImmutableArray<SearchTrace> again = await RunAsync(second, [Bowl.Task()]);
        second.Asked.ShouldBe(0);
        again.Select(trace => trace.Best).ShouldBe(first.Select(trace => trace.Best));
    }

    [Fact]
    public async Task An_interrupted_campaign_goes_on_where_it_stopped()
    {
        using var interrupted = new CancellationTokenSource();
        var device = new BowlDevice { Before = asked => { if (asked == 60) { interrupted.Cancel(); } } };
        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(device, [Bowl.Task()], interrupted.Token));
        var rest = new BowlDevice();
        ImmutableArray<SearchTrace> traces = await RunAsync(rest, [Bowl.Task()]);
        traces.Length.ShouldBe(4);
        rest.Asked.ShouldBeLessThan(traces.Sum(trace => trace.Points.Length));
        Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
        ImmutableArray<SearchTrace> uninterrupted = await RunAsync(new BowlDevice(), [Bowl.Task()]);
        traces.Select(trace => trace.Best).ShouldBe(uninterrupted.Select(trace => trace.Best));
    }

    [Fact]
    public async Task A_seed_is_never_replayed_on_another_space_or_device()
    {
        await RunAsync(new BowlDevice(), [Bowl.Task(side: 12)]);
        var larger = new BowlDevice();
        await RunAsync(larger, [Bowl.Task(side: 13)]);
        larger.Asked.ShouldBeGreaterThan(0);
        var other = new BowlDevice { Signature = "bowl-2" };
        await RunAsync(other, [Bowl.Task(side: 12)]);
        other.Asked.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_search_ends_after_its_patience()
    {
        SearchTrace trace = await new SearchRun(1000, 1, TimeProvider.System).RunAsync(
            new BowlDevice(), Bowl.Task(side: 40), new SearchArm("random", "random", 10), 1, new() { Seed = 1 }, () => { }, CancellationToken.None);
        trace.Stop.ShouldBe(SearchStop.Patience);
        int best = trace.Points.IndexOf(trace.Best!.Value) + 1;
        trace.Points.Length.ShouldBe(best + 10);
    }

    [Fact]
    public async Task A_space_of_one_point_and_one_where_all_fail_end_by_themselves()
    {
        SearchTrace one = await Search(new BowlDevice(), Bowl.Task(side: 1));
        one.Points.Length.ShouldBe(1);
        one.Stop.ShouldBe(SearchStop.Exhausted);
        SearchTrace failing = await Search(new BowlDevice { EverythingFails = true }, Bowl.Task(side: 60));
        failing.Stop.ShouldBe(SearchStop.Failing);
        failing.Best.ShouldBeNull();
        failing.Points.Length.ShouldBeLessThan(3000);

        static Task<SearchTrace> Search(BowlDevice device, ExperimentTask task) =>
            new SearchRun(100_000, 8, TimeProvider.System).RunAsync(
                device, task, new SearchArm("random", "random", 400), 1, new() { Seed = 1 }, () => { }, CancellationToken.None);
    }

    [Fact]
    public void Wrong_options_are_all_named()
    {
        ImmutableArray<string> problems = new ExperimentOptions { Arms = [new SearchArm("a", "bto", 0)], Seeds = 0, Trials = 0 }.Problems();
        problems.Length.ShouldBe(4);
        problems.ShouldContain(problem => problem.Contains("did you mean"));
    }

    private async Task<ImmutableArray<SearchTrace>> RunAsync(BowlDevice device, ImmutableArray<ExperimentTask> tasks, CancellationToken cancellation = default)
    {
        using var file = TraceFile.Open<SearchTrace>(PathOf("searches.jsonl"));
        return await new SearchCampaign(Options, device, file, TimeProvider.System, _ => { }).RunAsync(tasks, cancellation);
    }
}
