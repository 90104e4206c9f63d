using System.Globalization;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Kernels.Tests.Templates;

namespace Attune.Kernels.Tests.Backends;

/// <summary>
/// Every template for groups and lanes at configurations drawn from a seed, on whatever OpenCL device there is, against the definition of a convolution. The
/// variable ATTUNE_CONFORMANCE says how many for each template, spread over its workloads.
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
[Trait(Category.Name, Category.Slow)]
[Collection(OneDevice.Name)]
public sealed class OpenClConformanceTests
{
    private const int Usual = 20;

    public static TheoryData<string> Templates => [.. GpuWorkloads.Keys.Keys];

    [NeedingTheory(Need.OpenCl)]
    [MemberData(nameof(Templates))]
    public void Kernels_compute_the_definition(string name)
    {
        using IBackend backend = BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));

        // As many lanes as every GPU runs, so that what holds here holds there.
        KernelTarget target = backend.Target with { Groups = SuggestedGroups.Of(backend.Target.Groups!) };
        string[] keys = GpuWorkloads.Keys[name];
        int count = Environment.GetEnvironmentVariable("ATTUNE_CONFORMANCE") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : Usual;
        int known = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            known += BackendKernels.Check(backend, name, keys[i], ((count - 1) / keys.Length) + 1, target);
        }

        known.ShouldBeGreaterThanOrEqualTo(Math.Min(count, keys.Length));
    }

    [NeedingFact(Need.OpenCl)]
    public void Attentions_compute_their_definition()
    {
        using IBackend backend = BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));
        KernelTarget target = backend.Target with { Groups = SuggestedGroups.Of(backend.Target.Groups!) };
        foreach ((int heads, int queries, int keys, int size, int mask) in AttentionSample.Shapes)
        {
            (AttentionWorkload w, float[][] inputs, float[] expected) = AttentionSample.Of(1, heads, queries, keys, size, mask);
            KernelSource source = KernelTemplates.Source(w, KernelSignature.Dense, target);
            float[] actual = BackendKernels.Execute(backend, source, [.. inputs, new float[expected.Length]]);
            for (int i = 0; i < expected.Length; i++)
            {
                actual[i].ShouldBe(expected[i], 2e-5f * Math.Max(1, Math.Abs(expected[i])), $"{w.Title}: element {i}");
            }
        }
    }

    [NeedingTheory(Need.OpenCl)]
    [InlineData(5, 19, 6)]
    [InlineData(33, 40, 72)]
    public void Products_of_activations_compute_their_definition(int rows, int columns, int depth)
    {
        using IBackend backend = BackendCatalog.Open(DeviceName.OpenCl(0)).OrThrow(refusal => new InvalidOperationException(refusal));
        KernelTarget target = backend.Target with { Groups = SuggestedGroups.Of(backend.Target.Groups!) };
        var random = new Random(rows);
        float[] a = TemplateRun.Random(random, 2L * rows * depth);
        float[] b = TemplateRun.Random(random, 2L * depth * columns);
        var w = new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), rows, columns, depth, 1);
        KernelSource source = KernelTemplates.Source(w, KernelSignature.Dense, target);
        float[] y = new float[2 * rows * columns];
        Interpreter.Run(source.Phases[0].Program, [a, b, y]);
        float[] actual = BackendKernels.Execute(backend, source, [a, b, y]);
        for (int i = 0; i < y.Length; i++)
        {
            actual[i].ShouldBe(y[i], 1e-5f * Math.Max(1, Math.Abs(y[i])), $"element {i}");
        }
    }

    [Fact]
    public void Every_searched_template_for_groups_and_lanes_is_checked() =>
        TemplateRegistry.All.Select(template => template.Name)
            .Where(name => name.StartsWith("gpu-", StringComparison.Ordinal))
            .Except([new BatchedGemmTemplate().Name, new TiledAttentionTemplate().Name])
            .ShouldBe(GpuWorkloads.Keys.Keys, ignoreOrder: true);
}
