using Attune.Kernels.Loops;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Partition;

public sealed class WorkPartitionsTests
{
    public static TheoryData<string> Workloads() =>
    [
        "conv2d/1x8x9x11/24x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v4",
        "conv2d/2x8x10x9/16x3x3/s2x2/p0,1,2,1/d1x1/g1/blocked-blocked/v4",
        "conv2d/1x16x9x7/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v4",
        "conv2d/1x16x1x45/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v4",
        "conv2d/1x16x8x8/16x3x3/s1x1/p2,2,2,2/d2x2/g2/blocked-blocked/v4",
        "depthwise2d/1x24x12x10/24x3x3/s1x1/p1,1,1,1/d1x1/g24/blocked-blocked/v4",
        "depthwise2d/2x12x11x13/12x5x5/s2x2/p2,2,2,2/d1x1/g12/blocked-blocked/v4",
    ];

    /// <summary>The oracle is the program itself: a unit run alone writes exactly the places that the partition says.</summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_unit_writes_what_its_partition_says(string key)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(4);
        KernelSignature binding = KernelTemplates.CanonicalSignature(w, new Epilogue(false, false, "none", 0, 0));
        var algorithms = new HashSet<string>();
        foreach (long index in Points(space, random, 300))
        {
            string algorithm = Kind(space[index]);
            if (!algorithms.Add(algorithm) && random.Next(60) > 0)
            {
                continue;
            }

            WorkPartition partition = WorkPartitions.Of(w, space[index]);
            KernelSource source = KernelTemplates.Source(w, space[index], binding, HostTarget.Of(w.Lanes));
            (LoopProgram program, int units) = source.Phases[^1];
            partition.WriteUnits.ShouldBe(units);
            partition.ReadUnits.ShouldBe(source.Phases[0].Units);
            foreach (int unit in new[] { 0, units / 2, units - 1 }.Distinct())
            {
                float[][] memory = Memory(w, space[index], source);
                Interpreter.Run(program, memory, unit, unit + 1);
                Written(binding.Output, w, memory[4]).ShouldBe(Places(partition.Writes(unit)), ignoreOrder: true, $"{key} unit {unit} of {space[index]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Siblings_share_the_work_in_another_way_and_change_nothing_else(string key)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        Configuration start = space[KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))];
        string own = WorkPartitions.Of(w, start).ClassOf(2);
        PartitionSiblings.Of(w, start, 1).ShouldBeEmpty();
        foreach (long index in PartitionSiblings.Of(w, start, 2))
        {
            space.IsValid(index).ShouldBeTrue();
            WorkPartitions.Of(w, space[index]).ClassOf(2).ShouldNotBe(own);
            WeightPacking.FormOf(w, space[index]).ShouldBe(WeightPacking.FormOf(w, start));
        }
    }

    [Fact]
    public void Both_ways_of_sharing_are_reachable_for_a_depthwise_and_a_pointwise_layer()
    {
        foreach (string key in new[] { "conv2d/1x16x9x7/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v4", "depthwise2d/1x64x28x28/64x3x3/s1x1/p1,1,1,1/d1x1/g64/blocked-blocked/v16" })
        {
            ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
            Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
            Configuration start = space[KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))];
            string[] classes = [.. PartitionSiblings.Of(w, start, 2).Select(index => WorkPartitions.Of(w, space[index]).ClassOf(2)), WorkPartitions.Of(w, start).ClassOf(2)];
            classes.ShouldContain("rows");
            classes.ShouldContain("channels");
        }
    }

    [Fact]
    public void Half_the_value_is_foreign_when_rows_are_read_that_were_written_by_channels()
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse("depthwise2d/1x64x28x28/64x3x3/s1x1/p1,1,1,1/d1x1/g64/blocked-blocked/v16")!;
        var grid = new ActivationGrid(4, 28, 28);
        WorkPartition channels = Shared(w, unit => new WorkRegion(unit * 2, (unit * 2) + 2, 0, 28, 0, 28));
        WorkPartition rows = Shared(w, unit => new WorkRegion(0, 4, unit * 14, (unit * 14) + 14, 0, 28));
        channels.ClassOf(2).ShouldBe("channels");
        rows.ClassOf(2).ShouldBe("rows");
        Share(channels, channels).ShouldBe(0);

        // Each reads its half and one row of the window's overlap, in all blocks: of the 28 rows one of the other's.
        Share(rows, rows).ShouldBe(1 / 28.0, 1e-9);

        // A reader of 15 rows of 4 blocks finds 2 of the blocks at the other's.
        Share(channels, rows).ShouldBe(15 / 56.0, 1e-9);

        double Share(WorkPartition writer, WorkPartition reader) =>
            PartitionMap.ForeignShare(PartitionMap.Writers(writer, grid, 2), PartitionMap.Readers(reader, grid, 2, asOutput: false), 0, 2);
    }

    private static WorkPartition Shared(ConvolutionWorkload w, Func<int, WorkRegion> region) => WorkPartitions.Reading(w, 2, unit => [region(unit)]);

    private static float[][] Memory(ConvolutionWorkload w, Configuration c, KernelSource source)
    {
        long input = (long)w.Batch * (((w.InChannels + w.Lanes - 1) / w.Lanes * w.Lanes)) * (w.Height + w.Padding.Top + w.Padding.Bottom) * (w.Width + w.Padding.Left + w.Padding.Right);
        long output = (long)w.Batch * ((w.OutChannels + w.Lanes - 1) / w.Lanes * w.Lanes) * w.OutHeight * w.OutWidth;
        var y = new float[output];
        Array.Fill(y, float.NaN);
        return [new float[input], new float[WeightPacking.PackedCount(w, c)], [], [], y, new float[source.SharedFloats], new float[source.ScratchFloats]];
    }

    private static (int, int, int)[] Written(ActivationView view, ConvolutionWorkload w, float[] y)
    {
        int blocks = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        var found = new List<(int, int, int)>();
        for (int block = 0; block < w.Batch * blocks; block++)
        {
            for (int row = 0; row < w.OutHeight; row++)
            {
                for (int column = 0; column < w.OutWidth; column++)
                {
                    if (!float.IsNaN(y[view.Origin + (block * view.Block) + (row * view.Row) + (column * view.Pixel)]))
                    {
                        found.Add((block, row, column));
                    }
                }
            }
        }

        return [.. found];
    }

    private static (int, int, int)[] Places(IEnumerable<WorkRegion> regions)
    {
        var places = new HashSet<(int, int, int)>();
        foreach (WorkRegion r in regions)
        {
            for (int block = r.FirstBlock; block < r.EndBlock; block++)
            {
                for (int row = r.FirstRow; row < r.EndRow; row++)
                {
                    for (int column = r.FirstColumn; column < r.EndColumn; column++)
                    {
                        places.Add((block, row, column));
                    }
                }
            }
        }

        return [.. places];
    }

    private static IEnumerable<long> Points(Space space, Random random, int count)
    {
        yield return 0 is var first && space.IsValid(first) ? first : Enumerable.Range(0, int.MaxValue).First(i => space.IsValid(i));
        for (int tries = 0, found = 0; found < count && tries < 50_000; tries++)
        {
            SpacePart part = space.Parts[random.Next(space.Parts.Length)];
            long index = part.First + random.NextInt64(part.Space.Count);
            if (space.IsValid(index))
            {
                found++;
                yield return index;
            }
        }
    }

    private static string Kind(Configuration c) =>
        $"{c.Algorithm} {(c.ToLabels().TryGetValue("schedule", out string? schedule) ? schedule : c.ToLabels().GetValueOrDefault("kw_unroll"))}";
}
