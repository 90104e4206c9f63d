using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Attune.Devices.Cpu;
using Attune.Kernels.Loops.X64;

namespace Attune.Kernels.Targets;

/// <summary>This machine as a target: the only place that asks the processor what generated code may use.</summary>
public static class HostTarget
{
    /// <summary>The environment variable that forbids machine code of our own (0) or asks for it in all kernels (1).</summary>
    internal const string MachineCodeVariable = "ATTUNE_MACHINE_CODE";

    private const int AllTiles = (1 << 22) | (1 << 24) | (1 << 25);

    /// <summary>
    /// This machine with the widest vectors that it runs well. Switches of the .NET runtime that hide instructions are honoured. Costs nothing after the first
    /// time.
    /// </summary>
    public static KernelTarget Widest { get; } = Describe();

    /// <summary>Vector widths that this machine runs well, floats, widest first.</summary>
    public static IReadOnlyList<int> Widths { get; } = [.. new[] { 16, 8, 4 }.Where(lanes => lanes <= Widest.Lanes)];

    /// <summary>This machine with vectors of a given width.</summary>
    /// <param name="lanes">Floats per vector: 4, 8 or 16; 0 for the widest. Widths beyond <see cref="Widths"/> run, slowly.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such width exists.</exception>
    public static KernelTarget Of(int lanes) => lanes == 0 ? Widest : Widest.WithLanes(lanes);

    /// <summary>Why this system lets no program run machine code that it wrote itself; null when it does.</summary>
    public static string? MachineCodeRefusal => NativeKernel.Refusal;

    /// <summary>Why this system does not let kernels use the matrix tiles (AMX) that the processor has; null where it does, or there are none.</summary>
    internal static string? MatrixTileRefusal => HasMatrixTileInstructions() ? TileRegisters.Refusal : null;

    /// <summary>What kernels become machine code of our own.</summary>
    /// <param name="setting">What a person said: 0 for none, 1 for all, anything else or nothing for those that gain by it.</param>
    /// <param name="refusal">Why none can; null when they can.</param>
    internal static MachineCodeUse UseOf(string? setting, string? refusal) => (setting, refusal) switch
    {
        ("0", _) or (_, not null) => MachineCodeUse.None,
        ("1", _) => MachineCodeUse.All,
        _ => MachineCodeUse.ByteProducts,
    };

    private static KernelTarget Describe() => new()
    {
        Lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4,
        Instructions = Instructions(),
        MachineCode = UseOf(Environment.GetEnvironmentVariable(MachineCodeVariable), NativeKernel.Refusal),
    };

    private static VectorInstructions Instructions()
    {
        // A loop, since this is asked before anything else: queries over values are not precompiled.
        VectorInstructions found = VectorInstructions.None;
        ReadOnlySpan<(bool Holds, VectorInstructions Flag)> all =
        [
            (Sse.IsSupported, VectorInstructions.Prefetch),
            (Fma.IsSupported || AdvSimd.IsSupported, VectorInstructions.FusedMultiplyAdd),
            (Sse41.IsSupported, VectorInstructions.Widen128),
            (Avx2.IsSupported, VectorInstructions.Widen256),
            (Avx512F.IsSupported, VectorInstructions.Widen512),
            (AvxVnni.IsSupported, VectorInstructions.DotProduct256),
            (Avx512F.VL.IsSupported && HasVectorNeuralNetworkInstructions(), VectorInstructions.DotProduct512),
            (Avx512F.VL.IsSupported && HasBrainFloatInstructions(), VectorInstructions.BFloat16Products),
            (Avx512F.VL.IsSupported && HasMatrixTileInstructions() && TileRegisters.Refusal is null, VectorInstructions.MatrixTiles),
            (Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported, VectorInstructions.ManyRegisters),
        ];
        foreach ((bool holds, VectorInstructions flag) in all)
        {
            found |= holds ? flag : VectorInstructions.None;
        }

        return found;
    }

    // Bit 5 of EAX of leaf 7, second part, where there is one.
    private static bool HasBrainFloatInstructions() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    // Bits 22 (BF16), 24 (tiles) and 25 (8-bit integers) of EDX of leaf 7.
    private static bool HasMatrixTileInstructions() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Edx & AllTiles) == AllTiles;

    // Bit 11 of ECX of leaf 7; .NET has no class that would tell.
    private static bool HasVectorNeuralNetworkInstructions() =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
