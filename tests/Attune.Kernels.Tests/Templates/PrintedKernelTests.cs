using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates;

/// <summary>
/// The programs that templates generate are what every measurement on record was made with: a change must be seen. One of each template is kept as text, some
/// hundreds of others as digests. Set ATTUNE_ACCEPT=1 to accept changed programs; a change of one also asks for a new version of its template.
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class PrintedKernelTests
{
    private const int RandomPoints = 5;
    private const int SuggestedPoints = 4;
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Attune.Kernels.Tests", "Snapshots");

    // 32 registers at every width, as the machines that the accepted programs were made on: what the tests run on does not matter.
    // Matrix tiles are there beside 16 lanes.
    private static readonly KernelTarget Target = new()
    {
        Lanes = 8,
        Instructions = VectorInstructions.ManyRegisters | VectorInstructions.BFloat16Products | VectorInstructions.MatrixTiles,
        MachineCode = MachineCodeUse.ByteProducts,
    };

    public static TheoryData<string> Fixed => [.. FixedKernels().Keys];

    public static TheoryData<string> Searched => [.. SearchedKernels.Keys];

    [Theory]
    [MemberData(nameof(Fixed))]
    public void A_kernel_without_configurations_reads_as_accepted(string name)
    {
        string path = Path.Combine(Folder, $"{name}.txt");
        string text = FixedKernels()[name]();
        if (Accepts)
        {
            File.WriteAllText(path, text);
        }

        text.ShouldBe(File.ReadAllText(path));
    }

    [Theory]
    [MemberData(nameof(Searched))]
    public void A_searched_kernel_reads_as_accepted(string name)
    {
        string path = Path.Combine(Folder, $"{name}.txt");
        string configuration = File.Exists(path) ? File.ReadLines(path).First() : DefaultOf(SearchedKernels[name]);
        ConvolutionOrPair(SearchedKernels[name], configuration, out WeightedWorkload workload, out Configuration point);
        string text = $"{configuration}\n{SearchedKernel(workload, point)}";
        if (Accepts)
        {
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
            File.WriteAllLines(path, [.. AcceptedKernels(File.ReadAllLines(path))]);
        }

        string[] lines = File.ReadAllLines(path);
        lines.Length.ShouldBeGreaterThan(300);
        foreach (string line in lines)
        {
            string[] cells = line.Split('\t');
            ConvolutionOrPair(cells[0], cells[1], out WeightedWorkload workload, out Configuration configuration);
            Digest(SearchedKernel(workload, configuration)).ShouldBe(cells[2], $"{cells[0]} {cells[1]}");
        }
    }

    private static bool Accepts => Environment.GetEnvironmentVariable("ATTUNE_ACCEPT") == "1";

    private static Dictionary<string, string> SearchedKernels { get; } = new()
    {
        ["direct"] = "conv2d/1x16x8x8/16x3x3/s2x2/p1,1,1,1/d1x1/g1/blocked-blocked/v8",
        ["winograd-fused"] = "conv2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8",
        ["winograd-split"] = "conv2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v8",
        ["strassen-fused"] = "conv2d/1x16x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8",
        ["strassen-split"] = "conv2d/1x32x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8",
        ["dense"] = "dense/1x19x1x3/17x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8",
        ["dense-i8"] = "dense/1x16x1x1/16x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/i8",
        ["dense-f16"] = "dense/1x16x1x1/16x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v8/f16",
        ["depthwise"] = "depthwise2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/blocked-blocked/v8",
        ["integer"] = "conv2dq8/1x19x8x8/16x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v8/i8",
        ["integer-tiles"] = "conv2dq8/1x64x8x8/48x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v16/i8",
        ["bf16-tiles"] = "conv2dbf16/1x64x8x8/48x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v16/bf16",
        ["depthwise-bytes"] = "depthwise2dq8/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/channelslast-channelslast/v8/i8",
        ["bf16"] = "conv2dbf16/1x19x8x8/16x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v8/bf16",
        ["depthwise-bf16"] = "depthwise2dbf16/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/channelslast-channelslast/v8/bf16",
        ["depthwise-pointwise"] =
            "depthwise2d/1x16x8x8/16x3x3/s1x1/p1,1,1,1/d1x1/g16/blocked-blocked/v8+conv2d/1x16x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v8",
    };

    private static Dictionary<string, Func<string>> FixedKernels()
    {
        int lanes = Target.Lanes;
        ActivationView image = ActivationView.Dense(ActivationLayout.Blocked, 16, 8, 8, default, lanes);
        ActivationView half = ActivationView.Dense(ActivationLayout.Blocked, 16, 4, 4, default, lanes);
        KernelSignature pooled = KernelSignature.Dense with { Input = image, Output = half };
        KernelSignature same = KernelSignature.Dense with { Input = image, Residual = image, Output = image };
        var pool = new PoolWorkload(1, 16, 8, 8, 4, 4, 2, 2, 2, 2, 0, 0, lanes);
        return new Dictionary<string, Func<string>>
        {
            ["matmul"] = () => FixedKernel(new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), 5, 19, 6, lanes), KernelSignature.Dense),
            ["attention"] = () => FixedKernel(SampleWorkloads.Attention(lanes), KernelSignature.Dense),
            ["recurrent"] = () => FixedKernel(
                SampleWorkloads.Recurrent(RecurrentKind.ResetBehind, lanes),
                KernelSignature.Dense with { Input = new ActivationView(0, 0, lanes, 1, 0, 2 * 3 * (lanes + 3)) }),
            ["layer-normalization"] = () => FixedKernel(new RowWorkload(RowOperation.LayerNormalization, 3, 19, 1e-5f, lanes), KernelSignature.Dense),
            ["softmax"] = () => FixedKernel(new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes), KernelSignature.Dense),
            ["max-pool"] = () => FixedKernel(pool, pooled),
            ["average-pool"] = () => FixedKernel(pool with { Operation = PoolOperation.Average }, pooled),
            ["global-average-pool"] = () => FixedKernel(pool with { Operation = PoolOperation.GlobalAverage }, pooled),
            ["elementwise"] = () => FixedKernel(
                new ElementwiseWorkload("Add", new Epilogue(false, false, "relu", 0, 0), new ElementwiseExtent(1, 2, 8, 8), lanes), same),
        };
    }

    private static string FixedKernel(Workload workload, KernelSignature signature)
    {
        ITemplate template = TemplateRegistry.Of(workload, Target)[0];
        return Printed(template.Build(workload, template.CreateSpace(workload, Target)[0], signature, Target));
    }

    // Configurations are written as they were when they were measured: what became of their knobs since must not change the kernel.
    private static void ConvolutionOrPair(string key, string configuration, out WeightedWorkload workload, out Configuration point)
    {
        workload = WeightedWorkload.TryParse(key).ShouldNotBeNull(key);
        Space space = KernelTemplates.CreateSpace(workload, Target.WithLanes(workload.Lanes));
        point = space.Find(FormerKnobs.Translate(Labels(configuration))).ShouldNotBeNull($"{key} {configuration}");
        space.IsValid(point.Index).ShouldBeTrue($"{key} {configuration}");
    }

    private static string DefaultOf(string key)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull(key);
        KernelTarget target = Target.WithLanes(workload.Lanes);
        Space space = KernelTemplates.CreateSpace(workload, target);
        return space[KernelTemplates.DefaultIndex(workload, space, target)].ToString();
    }

    // What is on record keeps its configurations, in the words of their time: they are what old journals hold. Workloads that are new are drawn.
    private static IEnumerable<string> AcceptedKernels(string[] lines)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (string[] cells in lines.Select(line => line.Split('\t')))
        {
            known.Add(cells[0]);
            ConvolutionOrPair(cells[0], cells[1], out WeightedWorkload workload, out Configuration configuration);
            yield return $"{cells[0]}\t{cells[1]}\t{Digest(SearchedKernel(workload, configuration))}";
        }

        foreach (string line in DrawnKernels().Where(line => !known.Contains(line[..line.IndexOf('\t')])))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> DrawnKernels()
    {
        string[] single = [.. ((IEnumerable<object[]>)TemplateTests.Workloads()).Select(row => (string)row[0])];
        string[] pairs = [.. ((IEnumerable<object[]>)DepthwisePointwiseTests.Pairs()).Select(row => (string)row[0])];
        IEnumerable<string> narrow = single.Where(
            key => key.StartsWith("dense", StringComparison.Ordinal)).SelectMany(key => (string[])[$"{key}/f16", $"{key}/i8"]);
        foreach (string key in single.Concat(pairs).Concat(narrow))
        {
            WeightedWorkload workload = WeightedWorkload.TryParse(key)!;
            KernelTarget target = Target.WithLanes(workload.Lanes);
            Space space = KernelTemplates.CreateSpace(workload, target);
            var random = new Random(11);
            var points = new List<long> { KernelTemplates.DefaultIndex(workload, space, target) };
            points.AddRange(KernelTemplates.SuggestedIndices(workload, space, target, 2).Take(SuggestedPoints));
            for (int tries = 0, found = 0; tries < 200_000 && found < RandomPoints; tries++)
            {
                SpacePart part = space.Parts[random.Next(space.Parts.Length)];
                long index = part.First + random.NextInt64(part.Space.Count);
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

    private static string SearchedKernel(WeightedWorkload workload, Configuration configuration)
    {
        KernelSignature signature = KernelTemplates.CanonicalSignature(workload, new Epilogue(true, true, "relu", 0, 0));
        return Printed(KernelTemplates.Source(workload, configuration, signature, Target.WithLanes(workload.Lanes)));
    }

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
}
