using Attune.Compile.Flow;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Tests;

namespace Attune.Compile.Tests.Flow;

public sealed class ModelDataFlowTests
{
    [Fact]
    public void Edges_lead_from_every_producer_to_its_readers_also_through_a_concatenation()
    {
        var s = new NetworkSketch(1);
        string x = s.Input("x", 1, 16, 8, 8);
        string a = s.Conv(x, [1, 16, 8, 8], 1);
        string left = s.Conv(a, [1, 32, 8, 8], 1);
        string right = s.Conv(a, [1, 16, 8, 8], 3, 1, 1);
        string both = s.Node("Concat", [left, right], [1, 48, 8, 8], Attributes.None.With("axis", 1L));
        Network network = s.Finish(s.Conv(both, [1, 16, 8, 8], 1, residual: a));
        var flow = ModelDataFlow.Of(network, 2, HostTarget.Of(16));
        int[] searched = [.. Enumerable.Range(0, flow.Steps.Length).Where(i => flow.Steps[i].Workload is not null)];
        searched.Length.ShouldBe(4);
        (int, int)[] between = [.. flow.Edges.Select(edge => (Array.IndexOf(searched, edge.Producer), Array.IndexOf(searched, edge.Consumer))).Where(
            edge => edge.Item1 >= 0 && edge.Item2 >= 0)];
        between.ShouldBe([(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)], ignoreOrder: true);
    }

    [Fact]
    public void Rows_after_channels_fetch_about_half_and_like_after_like_nearly_nothing()
    {
        var s = new NetworkSketch(1);
        string x = s.Input("x", 1, 64, 28, 28);
        string pointwise = s.Conv(x, [1, 64, 28, 28], 1);
        Network network = s.Finish(s.Conv(pointwise, [1, 64, 28, 28], 3, 1, 1, group: 64));
        var flow = ModelDataFlow.Of(network, 2, HostTarget.Of(16));
        int edge = Enumerable.Range(0, flow.Edges.Length).Single(
            i => flow.Steps[flow.Edges[i].Producer].Workload is not null && flow.Steps[flow.Edges[i].Consumer].Workload is not null);
        WeightedWorkload first = flow.Steps[flow.Edges[edge].Producer].Workload!;
        WeightedWorkload second = flow.Steps[flow.Edges[edge].Consumer].Workload!;
        double bytes = flow.Edges[edge].Bytes;
        double foreign = flow.ForeignBytes(edge, Shared(first, "channels"), Shared(second, "rows"));
        foreign.ShouldBeInRange(0.2 * bytes, 0.35 * bytes);
        flow.ForeignBytes(edge, Shared(first, "rows"), Shared(second, "rows")).ShouldBeLessThan(foreign / 4);
        flow.ForeignBytes(edge, Shared(first, "channels"), Shared(second, "channels")).ShouldBe(0);
        ModelDataFlow.Of(network, 1, HostTarget.Of(16)).ForeignBytes(edge, Shared(first, "channels"), Shared(second, "rows")).ShouldBe(0);
        flow.Pairs.ShouldBeEmpty();
    }

    private static WorkPartition Shared(WeightedWorkload workload, string kind)
    {
        Space space = KernelTemplates.CreateSpace(workload, HostTarget.Of(workload.Lanes));
        Configuration start = space[KernelTemplates.DefaultIndex(workload, space, HostTarget.Of(workload.Lanes))];
        return PartitionSiblings.Of(workload, start, 2).Prepend(start.Index)
            .Select(index => WorkPartitions.Of(workload, space[index])).First(partition => partition.ClassOf(2) == kind);
    }
}
