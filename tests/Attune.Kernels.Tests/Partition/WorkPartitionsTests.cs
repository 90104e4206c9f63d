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

    /// <summary>
    /// The oracle is the definition of the convolution. A unit that runs alone, on an input of which everything that the partition does not name is no number,
    /// leaves the defined values in the places that the partition names and nothing anywhere else.
    /// </summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_unit_makes_the_defined_values_of_its_places_from_what_its_partition_reads(string key) => ForEachKind(key, (w, point, partition, source) =>
    {
        var random = new Random(8);
        float[] x = TemplateRun.Random(random, (long)w.Batch * w.InChannels * w.Height * w.Width);
        float[] weights = TemplateRun.Random(random, w.WeightCount);
        float[] expected = NaiveConvolution.Run(w, x, weights, new float[w.OutChannels], null);
        KernelSignature signature = SignatureOf(w);
        (LoopProgram program, int units) = source.Phases[^1];
        foreach (int unit in new[] { 0, units / 2, units - 1 }.Distinct())
        {
            float[][] memory = Memory(w, point, source, x, weights);
            if (source.Phases.Length == 1)
            {
                Poison(memory[0], signature.Input, w, partition.Reads(unit));
            }

            foreach ((LoopProgram before, int all) in source.Phases[..^1])
            {
                Interpreter.Run(before, memory, 0, all);
            }

            Interpreter.Run(program, memory, unit, unit + 1);
            (int, int, int)[] places = Places(partition.Writes(unit));
            Written(signature.Output, w, memory[4]).ShouldBe(places, ignoreOrder: true, $"{key} unit {unit} of {point}");
            foreach ((int block, int row, int column) in places)
            {
                foreach ((float actual, float defined) in Values(w, signature.Output, memory[4], expected, block, row, column))
                {
                    actual.ShouldBe(
                        defined, 1e-4f * Math.Max(1, Math.Abs(defined)), $"{key} unit {unit} of {point}: block {block}, row {row}, column {column}");
                }
            }
        }
    });

    /// <summary>Where a first phase reads for the second one, what it leaves for that one has no trace of anything that the partition does not name.</summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_first_phase_reads_no_more_than_its_partition_says(string key) => ForEachKind(key, (w, point, partition, source) =>
    {
        if (source.Phases.Length == 1)
        {
            return;
        }

        float[] x = TemplateRun.Random(new Random(8), (long)w.Batch * w.InChannels * w.Height * w.Width);
        foreach (int unit in new[] { 0, partition.ReadUnits / 2, partition.ReadUnits - 1 }.Distinct())
        {
            float[][] memory = Memory(w, point, source, x, TemplateRun.Random(new Random(9), w.WeightCount));
            Poison(memory[0], SignatureOf(w).Input, w, partition.Reads(unit));
            Interpreter.Run(source.Phases[0].Program, memory, unit, unit + 1);
            memory[5].ShouldAllBe(value => !float.IsNaN(value), $"{key} unit {unit} of {point}");
            memory[5].ShouldContain(value => value != 0);
        }
    });

    /// <summary>What a unit reads, worked out place by place from the definition: all of it, and nothing beyond the box around it.</summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_unit_reads_what_the_windows_of_its_places_cover(string key) => ForEachKind(key, (w, point, partition, source) =>
    {
        if (source.Phases.Length > 1)
        {
            return;
        }

        foreach (int unit in new[] { 0, partition.ReadUnits / 2, partition.ReadUnits - 1 }.Distinct())
        {
            HashSet<(int Block, int Row, int Column)> needed = [.. Places(partition.Writes(unit)).SelectMany(place => Window(w, place))];
            HashSet<(int Block, int Row, int Column)> read = [.. Places(partition.Reads(unit))];
            needed.Except(read).ShouldBeEmpty($"{key} unit {unit} of {point}");
            read.ShouldAllBe(place => place.Block >= needed.Min(each => each.Block) && place.Block <= needed.Max(each => each.Block)
                && place.Row >= needed.Min(each => each.Row) && place.Row <= needed.Max(each => each.Row)
                && place.Column >= needed.Min(each => each.Column) && place.Column <= needed.Max(each => each.Column));
        }
    });

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
        foreach (string key in new[]
        {
            "conv2d/1x16x9x7/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v4",
            "depthwise2d/1x64x28x28/64x3x3/s1x1/p1,1,1,1/d1x1/g64/blocked-blocked/v16",
        })
        {
            ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
            Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
            Configuration start = space[KernelTemplates.DefaultIndex(w, space, HostTarget.Of(w.Lanes))];
            string[] classes = [.. PartitionSiblings.Of(w, start, 2).Select(
                index => WorkPartitions.Of(w, space[index]).ClassOf(2)), WorkPartitions.Of(w, start).ClassOf(2)];
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

    // A point of each algorithm and schedule, and some more.
    private static void ForEachKind(string key, Action<ConvolutionWorkload, Configuration, WorkPartition, KernelSource> check)
    {
        ConvolutionWorkload w = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(w, HostTarget.Of(w.Lanes));
        var random = new Random(4);
        var kinds = new HashSet<string>();
        foreach (long index in Points(space, random, 300))
        {
            if (kinds.Add(Kind(space[index])) || random.Next(60) == 0)
            {
                WorkPartition partition = WorkPartitions.Of(w, space[index]);
                KernelSource source = KernelTemplates.Source(w, space[index], SignatureOf(w), HostTarget.Of(w.Lanes));
                partition.WriteUnits.ShouldBe(source.Phases[^1].Units);
                partition.ReadUnits.ShouldBe(source.Phases[0].Units);
                check(w, space[index], partition, source);
            }
        }
    }

    private static KernelSignature SignatureOf(ConvolutionWorkload w) => KernelTemplates.CanonicalSignature(w, new Epilogue(false, false, "relu", 0, 0));

    private static unsafe float[][] Memory(ConvolutionWorkload w, Configuration c, KernelSource source, float[] x, float[] weights)
    {
        KernelSignature signature = SignatureOf(w);
        var packed = new float[WeightPacking.PackedCount(w, c)];
        fixed (float* target = packed)
        {
            WeightPacking.Pack(w, c, weights, reductionMajor: false, target, 1);
        }

        var y = new float[(long)w.Batch * ((w.OutChannels + w.Lanes - 1) / w.Lanes * w.Lanes) * w.OutHeight * w.OutWidth];
        Array.Fill(y, float.NaN);
        float[] input = TemplateRun.ToLayout(w.InputLayout, signature.Input, x, w.Batch, w.InChannels, w.Height, w.Width, w.Padding, w.Lanes);
        return [input, packed, [], [], y, new float[source.SharedFloats], new float[source.ScratchFloats]];
    }

    // Whatever lies in the image and is not named becomes no number; the halo stays.
    private static void Poison(float[] input, ActivationView view, ConvolutionWorkload w, IEnumerable<WorkRegion> kept)
    {
        HashSet<(int, int, int)> named = [.. Places(kept)];
        for (int block = 0; block < w.Batch * ((w.InChannels + w.Lanes - 1) / w.Lanes); block++)
        {
            for (int row = 0; row < w.Height; row++)
            {
                for (int column = 0; column < w.Width; column++)
                {
                    if (!named.Contains((block, row, column)))
                    {
                        input.AsSpan((int)(view.Origin + (block * view.Block) + (row * view.Row) + (column * view.Pixel)), w.Lanes).Fill(float.NaN);
                    }
                }
            }
        }
    }

    // Places of the input in the windows of a place of the output, by the definition: every channel of its group, or its own block of a depthwise one.
    private static IEnumerable<(int Block, int Row, int Column)> Window(ConvolutionWorkload w, (int Block, int Row, int Column) place)
    {
        int blocksOut = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        int blocksIn = (w.InChannels + w.Lanes - 1) / w.Lanes;
        int image = place.Block / blocksOut;
        int first = place.Block % blocksOut * w.Lanes;
        int last = Math.Min(first + w.Lanes, w.OutChannels) - 1;
        int begin = first / w.GroupOutChannels * w.GroupInChannels / w.Lanes;
        int end = (((((last / w.GroupOutChannels) + 1) * w.GroupInChannels) - 1) / w.Lanes) + 1;
        return
            from block in Enumerable.Range(begin, end - begin)
            from i in Enumerable.Range(0, w.KernelHeight)
            from j in Enumerable.Range(0, w.KernelWidth)
            let row = (place.Row * w.StrideHeight) + (i * w.DilationHeight) - w.Padding.Top
            let column = (place.Column * w.StrideWidth) + (j * w.DilationWidth) - w.Padding.Left
            where row >= 0 && row < w.Height && column >= 0 && column < w.Width
            select ((image * blocksIn) + block, row, column);
    }

    private static IEnumerable<(float Actual, float Defined)> Values(
        ConvolutionWorkload w, ActivationView view, float[] y, float[] defined, int block, int row, int column)
    {
        int blocks = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        for (int lane = 0; lane < w.Lanes; lane++)
        {
            int channel = (block % blocks * w.Lanes) + lane;
            if (channel < w.OutChannels)
            {
                yield return (
                    y[view.Origin + (block * view.Block) + (row * view.Row) + (column * view.Pixel) + (lane * view.Lane)],
                    defined[(((((block / blocks * w.OutChannels) + channel) * w.OutHeight) + row) * w.OutWidth) + column]);
            }
        }
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
