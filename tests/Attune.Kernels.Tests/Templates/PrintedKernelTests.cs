using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

/// <summary>
/// The programs that templates generate are what every measurement on record was made with: a change must be seen. One of each template is kept as text, some
/// hundreds of others as digests. Set ATTUNE_ACCEPT=1 to accept changed programs; a change of one also asks for a new version of its template.
/// </summary>
public sealed class PrintedKernelTests
{
    private const int RandomPoints = 5;
    private const int SuggestedPoints = 4;
    private static readonly string Folder = Path.Combine(Checkout(), "tests", "Attune.Kernels.Tests", "Snapshots");

    public static TheoryData<string> Fixed => [.. FixedKernels().Keys];

    [Theory]
    [MemberData(nameof(Fixed))]
    public void A_kernel_reads_as_accepted(string name)
    {
        string path = Path.Combine(Folder, $"{name}.txt");
        string text = FixedKernels()[name]();
        if (Accepts)
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, text);
        }

        text.ShouldBe(File.ReadAllText(path));
    }

    [Fact]
    public void Searched_kernels_are_those_that_were_measured()
    {
        string path = Path.Combine(Folder, "searched.tsv");
        if (Accepts)
        {
            File.WriteAllLines(path, DrawnKernels());
        }

        string[] lines = File.ReadAllLines(path);
        lines.Length.ShouldBeGreaterThan(300);
        foreach (string line in lines)
        {
            string[] cells = line.Split('\t');
            ConvolutionWorkload workload = ConvolutionWorkload.TryParse(cells[0]).ShouldNotBeNull(cells[0]);
            Space space = KernelTemplates.CreateSpace(workload);
            Configuration configuration = space.Find(Labels(cells[1])).ShouldNotBeNull($"{cells[0]} {cells[1]}");
            Digest(SearchedKernel(workload, configuration)).ShouldBe(cells[2], $"{cells[0]} {cells[1]}");
        }
    }

    private static bool Accepts => Environment.GetEnvironmentVariable("ATTUNE_ACCEPT") == "1";

    private static Dictionary<string, Func<string>> FixedKernels()
    {
        const int Lanes = 8;
        ActivationView image = ActivationView.Dense(ActivationLayout.Blocked, 16, 8, 8, default, Lanes);
        ActivationView half = ActivationView.Dense(ActivationLayout.Blocked, 16, 4, 4, default, Lanes);
        var pool = new PoolWorkload(1, 16, 8, 8, 4, 4, 2, 2, 2, 2, 0, 0, Lanes);
        var attention = new AttentionWorkload
        {
            Batch = 1, Heads = 2, Queries = 5, Keys = 7, Size = 16, ValueSize = 16, Scale = 0.25f, Lanes = Lanes,
            Query = new AttentionColumns(32, 0), Key = new AttentionColumns(32, 0), Value = new AttentionColumns(32, 0), Mask = new AttentionMask(0, 0, 0),
        };
        return new Dictionary<string, Func<string>>
        {
            ["direct"] = () => First("conv2d/1x16x8x8/16x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "direct"),
            ["winograd-fused"] = () => First("conv2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd2", split: false),
            ["winograd-split"] = () => First("conv2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8", "winograd4", split: true),
            ["strassen-fused"] = () => First("conv2d/1x16x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", "strassen", split: false),
            ["strassen-split"] = () => First("conv2d/1x32x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", "strassen2", split: true),
            ["dense"] = () => First("dense/1x19x1x3/17x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8", "direct"),
            ["dense-i8"] = () => First("dense/1x16x1x1/16x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/i8", "direct"),
            ["dense-f16"] = () => First("dense/1x16x1x1/16x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/f16", "direct"),
            ["depthwise"] = () => First("depthwise2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/blocked-blocked/v8", null),
            ["depthwise-pointwise"] = () =>
                First("depthwise2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/blocked-blocked/v8+conv2d/1x16x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8", null),
            ["matmul"] = () => Printed(KernelSource.Of(MatrixTemplate.Build(new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), 5, 19, 6, Lanes)))),
            ["attention"] = () => Printed(AttentionTemplate.Build(attention)),
            ["layer-normalization"] = () => Printed(KernelSource.Of(RowTemplates.BuildLayerNormalisation(3, 19, 1e-5f, Lanes))),
            ["softmax"] = () => Printed(KernelSource.Of(RowTemplates.BuildSoftmax(3, 19, Lanes))),
            ["max-pool"] = () => Printed(KernelSource.Of(PoolTemplates.BuildMaximum(pool, image, half))),
            ["average-pool"] = () => Printed(KernelSource.Of(PoolTemplates.BuildAverage(pool, image, half))),
            ["global-average-pool"] = () => PoolTemplates.GlobalAverage(pool, image, half).Program,
            ["elementwise"] = () => ElementwiseTemplates.Compile("Add", new Epilogue(false, false, "relu", 0, 0), new ElementwiseExtent(1, 2, 8, 8), image, image, image, Lanes).Program,
        };
    }

    // The first valid point of an algorithm and schedule in the order of the space: nothing that a better default or suggestion would move.
    private static string First(string key, string? algorithm, bool? split = null)
    {
        ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key)!;
        Space space = KernelTemplates.CreateSpace(workload);
        var random = new Random(5);
        for (int i = 0; i < 2_000_000; i++)
        {
            long index = random.NextInt64(space.Count);
            if ((algorithm is null || ExecutedWork.Algorithm(workload, space[index]) == algorithm)
                && (split is null || space[index].IsOn("kw_unroll") == split)
                && space.IsValid(index))
            {
                return $"{space[index]}\n{SearchedKernel(workload, space[index])}";
            }
        }

        throw new InvalidOperationException($"No valid point of {algorithm} for {key}.");
    }

    private static IEnumerable<string> DrawnKernels()
    {
        string[] single = [.. ((IEnumerable<object[]>)TemplateTests.Workloads()).Select(row => (string)row[0])];
        string[] pairs = [.. ((IEnumerable<object[]>)DepthwisePointwiseTests.Pairs()).Select(row => (string)row[0])];
        IEnumerable<string> narrow = single.Where(key => key.StartsWith("dense", StringComparison.Ordinal)).SelectMany(key => (string[])[$"{key}/f16", $"{key}/i8"]);
        foreach (string key in single.Concat(pairs).Concat(narrow))
        {
            ConvolutionWorkload workload = ConvolutionWorkload.TryParse(key)!;
            Space space = KernelTemplates.CreateSpace(workload);
            var random = new Random(11);
            var points = new List<long> { KernelTemplates.DefaultIndex(workload, space) };
            points.AddRange(KernelTemplates.SuggestedIndices(workload, space, 2).Take(SuggestedPoints));
            for (int tries = 0, found = 0; tries < 200_000 && found < RandomPoints; tries++)
            {
                long index = random.NextInt64(space.Count);
                if (space.IsValid(index))
                {
                    points.Add(index);
                    found++;
                }
            }

            foreach (long index in points.Distinct())
            {
                yield return $"{key}\t{space[index]}\t{Digest(SearchedKernel(workload, space[index]))}";
            }
        }
    }

    private static string SearchedKernel(ConvolutionWorkload workload, Configuration configuration) =>
        Printed(KernelTemplates.Source(workload, configuration, KernelTemplates.CanonicalSignature(workload, new Epilogue(true, true, "relu", 0, 0))));

    private static string Printed(KernelSource source)
    {
        var text = new StringBuilder($"shared {source.SharedFloats}, scratch {source.ScratchFloats}\n");
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            text.Append($"units {units}\n").Append(Printer.Print(program));
        }

        return text.ToString();
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private static ImmutableDictionary<string, string> Labels(string text) =>
        text.Split(' ').Select(pair => pair.Split('=')).ToImmutableDictionary(pair => pair[0], pair => pair[1]);

    private static string Checkout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Attune.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests need the checkout around them.");
    }
}
