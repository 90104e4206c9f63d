using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>What every template for processors must do besides: its units of work write the whole output.</summary>
public abstract class PartitionedTemplateContract : WeightedTemplateContract
{
    private const int PointsLookedAt = 8;

    [Fact]
    public void Units_write_the_whole_output_and_are_those_of_the_phases() => ForEach((workload, space, target) =>
    {
        foreach (Configuration point in Points(workload, space, target, PointsLookedAt))
        {
            WorkPartition partition = Template.Partition(workload, point);
            KernelSource source = Template.Build(workload, point, SignatureOf(workload), target);
            partition.WriteUnits.ShouldBe(source.Phases[^1].Units);
            partition.ReadUnits.ShouldBe(source.Phases[0].Units);
            var written = new HashSet<(int, int, int)>();
            for (int unit = 0; unit < partition.WriteUnits; unit++)
            {
                written.UnionWith(PlacesOf(partition.Writes(unit)));
            }

            written.Count(place => place.Item1 < partition.Output.Blocks).ShouldBe(
                partition.Output.Blocks * partition.Output.Rows * partition.Output.Columns, $"{workload.Title} {point}");
        }
    });

    internal static IEnumerable<(int Block, int Row, int Column)> PlacesOf(IEnumerable<WorkRegion> regions) =>
        from region in regions
        from block in Enumerable.Range(region.FirstBlock, region.EndBlock - region.FirstBlock)
        from row in Enumerable.Range(region.FirstRow, region.EndRow - region.FirstRow)
        from column in Enumerable.Range(region.FirstColumn, region.EndColumn - region.FirstColumn)
        select (block, row, column);
}
