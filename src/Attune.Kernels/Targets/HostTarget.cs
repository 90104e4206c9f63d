using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Targets;

/// <summary>This machine as a target: the only place that asks the processor what generated code may use.</summary>
public static class HostTarget
{
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

    private static KernelTarget Describe() => new()
    {
        Lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4,
        Instructions = Instructions(),
    };

    private static VectorInstructions Instructions()
    {
        (bool Holds, VectorInstructions Flag)[] all =
        [
            (Sse.IsSupported, VectorInstructions.Prefetch),
            (Fma.IsSupported || AdvSimd.IsSupported, VectorInstructions.FusedMultiplyAdd),
            (Sse41.IsSupported, VectorInstructions.Widen128),
            (Avx2.IsSupported, VectorInstructions.Widen256),
            (Avx512F.IsSupported, VectorInstructions.Widen512),
            (AvxVnni.IsSupported, VectorInstructions.DotProduct256),
            (Avx512F.VL.IsSupported && HasVectorNeuralNetworkInstructions(), VectorInstructions.DotProduct512),
            (Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported, VectorInstructions.ManyRegisters),
        ];
        return all.Where(entry => entry.Holds).Aggregate(VectorInstructions.None, (sum, entry) => sum | entry.Flag);
    }

    // Bit 11 of ECX of leaf 7; .NET has no class that would tell.
    private static bool HasVectorNeuralNetworkInstructions() => X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
