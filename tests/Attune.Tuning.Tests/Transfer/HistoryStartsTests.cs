using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Records;
using Attune.Tuning.AutoTvm.Logs;
using Attune.Tuning.Run;
using Attune.Tuning.Search;
using Attune.Tuning.Tasks;
using Attune.Tuning.Tests.AutoTvm.Logs;
using Attune.Tuning.Tests.Run;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

/// <summary>Published configurations as the start of searches on another device.</summary>
public sealed class HistoryStartsTests : IDisposable
{
    private static readonly KernelTarget Gpu = new() { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) };
    private static readonly TuningTaskFactory Factory = new(TaskPurpose.Model, Gpu, threads: 1);
    private readonly string folder = Directory.CreateTempSubdirectory("attune-starts-").FullName;
    private readonly ManualClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_published_point_of_the_same_workload_is_the_start_whatever_the_layouts()
    {
        TuningHistory history = TuningHistory.FromRecords(Read(Published.Direct), Gpu);
        history.Tasks.ShouldBeEmpty();
        history.Sparse.ShouldHaveSingleItem().Timed.ShouldBe(1);
        WeightedWorkload layer = WeightedWorkload.TryParse("conv2d/1x512x7x7/512x3x3/s1x1/p1,1,1,1/d1x1/g1/planar-blocked/v1").ShouldNotBeNull();
        Space space = KernelTemplates.CreateSpace(layer, Gpu);
        Configuration start = space[history.StartsFor(layer.Key, space).ShouldHaveSingleItem()];
        (start.Algorithm, start.Own.Index).ShouldBe(("gpu-direct", 822_621));
    }

    [Fact]
    public void A_point_that_the_device_cannot_launch_is_no_start()
    {
        // The published group has 32 x 1 x 7 lanes.
        KernelTarget small = Gpu with { Groups = new GroupLimits(128, 48 << 10, 32) };
        TuningHistory history = TuningHistory.FromRecords(Read(Published.Direct), small);
        string key = history.Sparse.Single().Key;
        history.StartsFor(key, KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key)!, small)).ShouldBeEmpty();
    }

    [Fact]
    public void The_sources_order_the_starts_of_several_devices()
    {
        string other = Published.Direct.Replace("1080ti", "titanx", StringComparison.Ordinal).Replace("-1, 2, 32, 1", "-1, 1, 32, 2", StringComparison.Ordinal)
            .Replace("8.87", "1.87", StringComparison.Ordinal);
        TuningHistory history = TuningHistory.FromRecords(Read(Published.Direct, other, Published.Depthwise), Gpu);
        string key = history.Sparse[0].Key;
        Space space = KernelTemplates.CreateSpace(WeightedWorkload.TryParse(key)!, Gpu);
        history.StartsFor(key, space).Select(point => space[point].Label("tile_f")).ShouldBe(["8x2x32x1", "8x1x32x2"]);
    }

    [Fact]
    public void Without_the_workload_the_most_similar_ones_are_translated_to_valid_points()
    {
        TuningHistory history = TuningHistory.FromRecords(Read(Published.Direct, Published.Depthwise), Gpu);
        WeightedWorkload layer = WeightedWorkload.TryParse("conv2d/1x256x14x14/256x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1")!;
        Space space = KernelTemplates.CreateSpace(layer, Gpu);
        Configuration start = space[history.StartsFor(layer.Key, space).ShouldHaveSingleItem()];
        space.IsValid(start.Index).ShouldBeTrue();
        start.Algorithm.ShouldBe("gpu-direct");
        (start.Label("tile_rc"), start.Label("auto_unroll_max_step"), start.Label("tile_x")).ShouldBe(("32x8", "1500", "2x1x7x1"));

        // Nothing published has this kernel.
        WeightedWorkload five = WeightedWorkload.TryParse("conv2d/1x256x14x14/256x5x5/s1x1/p2,2,2,2/d1x1/g1/blocked-blocked/v1")!;
        history.StartsFor(five.Key, KernelTemplates.CreateSpace(five, Gpu)).ShouldBeEmpty();
    }

    [NeedingTheory(Need.TopHub)]
    [InlineData("dgp")]
    [InlineData("autotvm")]
    public async Task A_new_device_measures_the_best_of_its_relatives_right_after_the_defaults(string searcher)
    {
        TuningHistory history = TuningHistory.FromRecords(
            AutoTvmLogs.Read([TestData.PathOf("tophub", "cuda_1080ti.log.gz"), TestData.PathOf("tophub", "cuda_titanx.log.gz")]).Records, Gpu);
        history.Sparse.Length.ShouldBeGreaterThan(250);
        string[] keys =
        [
            "conv2d/1x64x56x56/64x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1",
            "conv2d/1x3x224x224/64x7x7/s2x2/p3,3,3,3/d1x1/g1/planar-blocked/v1",
            "depthwise2d/1x32x112x112/32x3x3/s1x1/p1,1,1,1/d1x1/g32/blocked-blocked/v1",
        ];
        ImmutableArray<TuningTask> tasks = [.. keys.Select(key => Factory.Of(WeightedWorkload.TryParse(key)!, 1))];
        var measurer = new FakeMeasurer(clock, tasks, (_, point) => FakeMeasurer.Timed(1 + (point.Index % 97)));
        var options = new TuningOptions { Trials = 30, Searcher = searcher, Search = new SearcherOptions { History = history } };
        await new TuningRun(tasks, options, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);

        measurer.Requests.Take(3).Select(request => request.Task).Order().ShouldBe(keys.Order());
        foreach (TuningTask task in tasks)
        {
            ImmutableArray<long> starts = history.StartsFor(task.Key, task.Space);
            starts.ShouldNotBeEmpty(task.Key);
            measurer.Requests.Skip(3).Where(request => request.Task == task.Key).Take(starts.Length)
                .Select(request => task.Space.Find(request.Knobs)!.Value.Index).ShouldBe(starts.Where(start => start != task.DefaultIndex));
        }
    }

    private ImmutableArray<TuningRecord> Read(params string[] lines)
    {
        string path = Path.Combine(folder, "lines.log");
        File.WriteAllLines(path, lines);
        return AutoTvmLogs.Read([path]).Records;
    }
}
