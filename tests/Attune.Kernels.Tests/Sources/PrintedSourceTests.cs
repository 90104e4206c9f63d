using System.Diagnostics;
using System.Text;
using Attune.Devices.Cuda;
using Attune.Kernels.Backends.Cuda;
using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Kernels.Tests.Templates;

namespace Attune.Kernels.Tests.Sources;

/// <summary>
/// Source text of kernels: one of each template for groups and lanes is kept, and what each language puts before it; ATTUNE_ACCEPT=1 accepts changes.
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class PrintedSourceTests
{
    private const string Convolution = "conv2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1";
    private const string Pointwise = "conv2d/1x32x8x8/32x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1";
    private const string Dense = "dense/1x60x1x1/13x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1";
    private const string Transposed = "transposed2d/1x8x4x4/8x4x4/s2x2/p1,1,1,1/d1x1/g1/o0x0/blocked-blocked/v1";
    private const string After = "conv2d/1x8x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1";
    private const string Depthwise = "depthwise2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v1";

    // What NVRTC has without a header and clang does not: the words of CUDA, in terms of clang's own.
    private const string Words = """
        #define __global__ __attribute__((global))
        #define __device__ __attribute__((device))
        #define __shared__ __attribute__((shared))
        #define __launch_bounds__(n) __attribute__((launch_bounds(n)))
        #define __forceinline__ inline __attribute__((always_inline))
        struct Place { int x, y, z; };
        #define blockIdx (Place{(int)__nvvm_read_ptx_sreg_ctaid_x(), (int)__nvvm_read_ptx_sreg_ctaid_y(), (int)__nvvm_read_ptx_sreg_ctaid_z()})
        #define threadIdx (Place{(int)__nvvm_read_ptx_sreg_tid_x(), (int)__nvvm_read_ptx_sreg_tid_y(), (int)__nvvm_read_ptx_sreg_tid_z()})
        #define blockDim (Place{(int)__nvvm_read_ptx_sreg_ntid_x(), 1, 1})
        static __device__ float fmaf(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
        static __device__ float fabsf(float a) { return __nvvm_fabs_f(a); }
        static __device__ float sqrtf(float a) { return __nvvm_sqrt_rn_f(a); }
        static __device__ int __float_as_int(float a) { return __nvvm_bitcast_f2i(a); }
        static __device__ float __int_as_float(int a) { return __nvvm_bitcast_i2f(a); }
        static __device__ int min(int a, int b) { return a < b ? a : b; }
        static __device__ int max(int a, int b) { return a > b ? a : b; }

        """;

    private static readonly KernelTarget Gpu = SampleGpu.Of(new GroupLimits(256, 32 << 10, 32));
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Attune.Kernels.Tests", "Snapshots");

    private static readonly string[] Names =
    [
        "gpu-direct", "gpu-depthwise", "gpu-plain", "gpu-gemm", "gpu-dense", "gpu-winograd2", "gpu-winograd4", "gpu-winograd2-fused", "gpu-winograd4-fused",
        "gpu-depthwise-pointwise", "gpu-transposed", "gpu-spatial", "gpu-spatial-depthwise",
    ];

    public static TheoryData<string> Searched => [.. Names];

    [Fact]
    public void The_guide_shows_a_kernel_and_both_preludes_as_they_are_printed()
    {
        string guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guide", "gpu.md"));
        foreach (string file in new[] { "gpu-depthwise.c", "prelude.cl", "prelude.cu" })
        {
            guide.ShouldContain(File.ReadAllText(Path.Combine(Folder, file)).Trim(), Case.Sensitive, file);
        }
    }

    // The body of a kernel is the same in every language; what differs is in front of it.
    [Theory]
    [MemberData(nameof(Searched))]
    public void A_kernel_reads_as_accepted(string name) => Accepted($"{name}.c", string.Concat(Bodies(SearchedSource(name))));

    [Fact]
    public void A_product_of_activations_reads_as_accepted() =>
        Accepted("gpu-matmul.c", string.Concat(Bodies(Fixed(new MatrixWorkload(new MatrixBatch(2, 3, 3, 1, 0, 1), 5, 19, 6, 1)))));

    [Fact]
    public void A_product_that_moves_four_numbers_at_once_reads_as_accepted() => Accepted("gpu-gemm-fours.c", string.Concat(Bodies(InFours())));

    [Fact]
    public void An_attention_reads_as_accepted() => Accepted("gpu-attention.c", string.Concat(Bodies(Fixed(SampleWorkloads.Attention(1)))));

    [Fact]
    public void What_stands_before_kernels_reads_as_accepted()
    {
        Accepted("prelude.cl", SourceDialect.OpenCl.Text([]));
        Accepted("prelude.cu", SourceDialect.Cuda.Text([]));
    }

    [NeedingFact(Need.Clang)]
    [Trait(Category.Name, Category.Slow)]
    public void Kernels_in_CUDA_C_compile_to_machine_code_for_every_generation_that_clang_knows()
    {
        string[] bodies = [.. EveryKernel().Select(kernel => kernel.Body)];
        foreach (string generation in (string[])["sm_61", "sm_70", "sm_80"])
        {
            string ptx = Clang(Words + SourceDialect.Cuda.Text(bodies), $"--cuda-gpu-arch={generation}");
            ptx.Split(".entry ").Length.ShouldBe(bodies.Length + 1);
            ptx.ShouldContain($".target {generation}");
        }
    }

    // What lies in everybody's memory is moved one by one by clang 15; NVRTC joins that too.
    [NeedingFact(Need.Clang)]
    [Trait(Category.Name, Category.Slow)]
    public void Four_numbers_at_once_are_one_instruction_of_a_GPU()
    {
        string ptx = Clang(Words + SourceDialect.Cuda.Text(Bodies(InFours())), "--cuda-gpu-arch=sm_70");
        ptx.ShouldContain("ld.shared.v4.f32");
        ptx.ShouldContain("st.shared.v4.f32");
    }

    [NeedingFact(Need.Nvrtc)]
    [Trait(Category.Name, Category.Slow)]
    public void Kernels_in_CUDA_C_compile_with_NVRTC_for_every_generation_that_it_knows()
    {
        NvrtcLibrary nvrtc = Needs.NvrtcNames.Select(NvrtcLibrary.Load).First(found => found is not null)!;
        SourceKernel[] kernels = EveryKernel();
        string text = SourceDialect.Cuda.Text(kernels.Select(kernel => kernel.Body));
        foreach (int generation in nvrtc.Architectures.Where(known => known >= 50))
        {
            byte[] code = nvrtc.Compile(text, [$"--gpu-architecture=compute_{generation}", CudaCompiler.ExactSums])
                .OrThrow(log => new InvalidOperationException(log));
            PtxText.Refusal(code, kernels).ShouldBeNull("a file with it is taken");
            string ptx = Encoding.ASCII.GetString(code);
            ptx.Split(".entry ").Length.ShouldBe(kernels.Length + 1);
            ptx.ShouldContain($".target sm_{generation}");
            ptx.ShouldContain("ld.global.nc.v4.f32");
            ptx.ShouldContain("st.global.v4.f32");
        }
    }

    [Fact]
    public void Names_are_words_of_C_and_no_two_alike()
    {
        var (begin, end, first, second) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("for"), new LoopVariable("a-b"));
        Statement Store(LoopVariable at) => new Store(KernelBuffers.Y, at, new Constant(float.NegativeInfinity));
        var program = new LoopProgram(
            "x*/", 1, [KernelBuffers.Y], begin, end,
            [
                new Loop(first, begin, end, 1, LoopKind.Serial, [Store(first)]),
                new Loop(second, begin, end, 1, LoopKind.Hinted, [Store(second)]),
            ]);
        SourceKernel printed = SourcePrinter.Print(program, "kernel", 3);
        printed.TakesUnits.ShouldBeTrue();
        printed.Shape.ShouldBe(new LaunchShape(1, 1, 1, SourcePrinter.UnitLanes, 1, 1));
        printed.Body.ShouldContain("int for_0 =");
        printed.Body.ShouldContain("int a_b_0 =");
        printed.Body.ShouldContain("NUMBER(0xff800000)");
        printed.Body.ShouldContain("#pragma unroll");
        printed.Body.Split("*/").Length.ShouldBe(2, "a name must not end the comment that it stands in");
    }

    [Fact]
    public void Vectors_of_several_numbers_are_refused()
    {
        var program = new LoopProgram("wide", 8, [], new LoopVariable("begin"), new LoopVariable("end"), []);
        Should.Throw<ArgumentException>(() => SourcePrinter.Print(program, "kernel", 1)).Message.ShouldContain("8 numbers");
    }

    private static void Accepted(string file, string text)
    {
        string path = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("ATTUNE_ACCEPT") == "1")
        {
            File.WriteAllText(path, text);
        }

        text.ShouldBe(File.ReadAllText(path));
    }

    private static KernelSource SearchedSource(string name) => SearchedSource(name, name switch
    {
        "gpu-depthwise" or "gpu-spatial-depthwise" => Depthwise,
        "gpu-dense" => Dense,
        "gpu-transposed" => Transposed,
        "gpu-depthwise-pointwise" => $"{Depthwise}{PairWorkload.Separator}{After}",
        _ => Convolution,
    });

    private static KernelSource SearchedSource(string name, string key, Func<Space, long>? point = null)
    {
        WeightedWorkload w = WeightedWorkload.TryParse(key)!;
        ITemplate template = TemplateRegistry.Named(name)!;
        Space space = template.CreateSpace(w, Gpu);
        long index = point?.Invoke(space) ?? template.Default(w, space, Gpu);
        return template.Build(w, space[index], KernelTemplates.CanonicalSignature(w, Epilogue.Typical), Gpu);
    }

    // 8x8 lanes of 4x4 sums each.
    private static KernelSource InFours() => SearchedSource("gpu-gemm", Pointwise, space => space.Encode([3, 3, 2, 2, 1, 0, 1, 1, 1, 1, 1]));

    private static SourceKernel[] EveryKernel()
    {
        KernelSource[] sources =
        [
            .. Names.Select(SearchedSource),
            InFours(),
            Fixed(SampleWorkloads.Attention(1)),
            Fixed(new RowWorkload(RowOperation.LayerNormalization, 3, 19, 1e-5f, 1)),
            Fixed(new RowWorkload(RowOperation.Softmax, 3, 19, 0, 1)),
            Fixed(new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), 5, 19, 6, 1)),
            CopyPrograms.Strided([3, 5, 7], (2, [35, 7, 1]), (0, [1, 3, 15])),
        ];
        return [.. sources.SelectMany((source, i) => source.Phases.Select((phase, p) =>
            SourcePrinter.Print(phase.Program, $"kernel{i}_{p}", phase.Units, source.ScratchFloats)))];
    }

    private static KernelSource Fixed(Workload workload) => KernelTemplates.Source(workload, KernelSignature.Dense, Gpu);

    private static IEnumerable<string> Bodies(KernelSource source) =>
        source.Phases.Select((phase, i) => SourcePrinter.Print(phase.Program, $"phase{i}", phase.Units, source.ScratchFloats).Body);

    private static string Clang(string text, string generation)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.cu");
        File.WriteAllText(path, text);
        try
        {
            var start = new ProcessStartInfo(Needs.Clang!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            string[] arguments =
                ["-x", "cuda", "--cuda-device-only", generation, "-nocudainc", "-nocudalib", "-ffp-contract=off", "-O1", "-S", "-o", "-", path];
            Array.ForEach(arguments, start.ArgumentList.Add);
            using Process clang = Process.Start(start)!;
            Task<string> said = clang.StandardError.ReadToEndAsync();
            string ptx = clang.StandardOutput.ReadToEnd();
            clang.WaitForExit();
            clang.ExitCode.ShouldBe(0, said.GetAwaiter().GetResult());
            return ptx;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
