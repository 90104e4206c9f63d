using System.Text;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Sources;

/// <summary>
/// A language of kernels that groups of lanes run. Bodies are the same in all of them (<see cref="SourcePrinter"/>); what differs is spelt out once, in front
/// of them.
/// </summary>
/// <param name="Name">Name of the language, for people.</param>
/// <param name="Prelude">Definitions of the words that bodies use.</param>
internal sealed record SourceDialect(string Name, string Prelude)
{
    private const string Aligned = "__attribute__((aligned(16)))";

    private static readonly string[] Words =
    [
        "KERNEL", "GLOBAL", "SHARED", "RESTRICT", "LANES(x, y, z)", "GROUP(axis)", "LANE(axis)", "UNIT", "WAIT", "WAIT_FOR_ALL", "BITS(x)", "NUMBER(x)",
        "FUNCTION", "ALIGNED", "OF_GROUP",
    ];

    /// <summary>OpenCL C 1.2.</summary>
    public static SourceDialect OpenCl { get; } = new("OpenCL C", Define(
    [
        "__kernel",
        "__global",
        "__local",
        "restrict",
        "__attribute__((reqd_work_group_size(x, y, z)))",
        "((int)get_group_id(axis))",
        "((int)get_local_id(axis))",
        "((int)get_global_id(0))",
        "barrier(CLK_LOCAL_MEM_FENCE)",
        "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)",
        "as_int(x)",
        "as_float(x)",
        "static",
        Aligned,
        "__local",
    ]) + "#define FOUR float4\n#pragma OPENCL FP_CONTRACT OFF\n");

    /// <summary>CUDA C++, as NVRTC takes it: without any header. Products and sums are fused only where a body says so: compiled with -fmad=false.</summary>
    public static SourceDialect Cuda { get; } = new("CUDA C", Define(
    [
        "extern \"C\" __global__",
        string.Empty,
        "__shared__",
        "__restrict__",
        "__launch_bounds__((x) * (y) * (z))",
        "GROUP_##axis",
        "LANE_##axis",
        "((int)(blockIdx.x * blockDim.x + threadIdx.x))",
        "__syncthreads()",
        "__syncthreads()",
        "__float_as_int(x)",
        "__int_as_float(x)",
        "static __device__ __forceinline__",
        Aligned,
        string.Empty,
    ])
        + "#define GROUP_0 ((int)blockIdx.x)\n#define GROUP_1 ((int)blockIdx.y)\n#define GROUP_2 ((int)blockIdx.z)\n"
        + "#define LANE_0 ((int)threadIdx.x)\n#define LANE_1 ((int)threadIdx.y)\n#define LANE_2 ((int)threadIdx.z)\n"
        + "struct ALIGNED FOUR { float x, y, z, w; };\n"
        + "#define fma fmaf\n#define fabs fabsf\n#define sqrt sqrtf\n");

    // A half's exponent and mantissa where a float has them: the half times 2^-112 (see Buffer). With a NaN on either side the comparison fails and the right
    // operand stays: what processors do, and what templates count on.
    private const string Functions =
        "#define LOAD_FOUR(a, b, c, d, space, from) { const FOUR four = *(const space FOUR*)(from); a = four.x; b = four.y; c = four.z; d = four.w; }\n"
        + "#define STORE_FOUR(space, to, a, b, c, d) { FOUR four; four.x = a; four.y = b; four.z = c; four.w = d; *(space FOUR*)(to) = four; }\n"
        + "FUNCTION float half_bits(short bits) { return NUMBER((int)(((unsigned int)(int)bits << 13) & 0x8FFFE000u)); }\n"
        + "FUNCTION float lower(float a, float b) { return a < b ? a : b; }\nFUNCTION float upper(float a, float b) { return a > b ? a : b; }\n";

    /// <summary>The language that devices of a kind compile.</summary>
    /// <param name="kind">A kind of device whose kernels are source text.</param>
    public static SourceDialect Of(TargetKind kind) => kind switch
    {
        TargetKind.OpenCl => OpenCl,
        TargetKind.Cuda => Cuda,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Kernels of such a device are no source text."),
    };

    /// <summary>The whole text of some kernels in this language.</summary>
    /// <param name="bodies">What <see cref="SourcePrinter"/> printed.</param>
    public string Text(params IEnumerable<string> bodies) => $"{Prelude}{Functions}\n{string.Join('\n', bodies)}";

    private static string Define(string[] meanings)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Words.Length; i++)
        {
            text.Append($"#define {Words[i]} {meanings[i]}".TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
