using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <summary>The vector instructions that kernels are made of, from Intel's manual (volume 2) and AMD's (volume 4).</summary>
internal static class VectorOpcodes
{
    public static readonly VectorOpcode Load = new("vmovups", 0, 1, 0x10, VectorForm.FromOperand, MemoryTuple.FullMemory);
    public static readonly VectorOpcode Store = new("vmovups", 0, 1, 0x11, VectorForm.ToOperand, MemoryTuple.FullMemory);
    public static readonly VectorOpcode Move = new("vmovaps", 0, 1, 0x28, VectorForm.FromOperand, MemoryTuple.FullMemory);
    public static readonly VectorOpcode StoreOne = new("vmovss", 2, 1, 0x11, VectorForm.ToOperand, MemoryTuple.Word);
    public static readonly VectorOpcode StoreTwo = new("vmovlps", 0, 1, 0x13, VectorForm.ToOperand, MemoryTuple.TwoWords);
    public static readonly VectorOpcode Broadcast = new("vbroadcastss", 1, 2, 0x18, VectorForm.FromOperand, MemoryTuple.Word);

    public static readonly VectorOpcode Add = new("vaddps", 0, 1, 0x58, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode Subtract = new("vsubps", 0, 1, 0x5C, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode Multiply = new("vmulps", 0, 1, 0x59, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode Divide = new("vdivps", 0, 1, 0x5E, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode Minimum = new("vminps", 0, 1, 0x5D, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode Maximum = new("vmaxps", 0, 1, 0x5F, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode SquareRoot = new("vsqrtps", 0, 1, 0x51, VectorForm.FromOperand, MemoryTuple.Full);

    /// <summary>destination = destination * source + operand.</summary>
    public static readonly VectorOpcode MultiplyAdd213 = new("vfmadd213ps", 1, 2, 0xA8, VectorForm.ThreeOperands, MemoryTuple.Full);

    /// <summary>destination = source * operand + destination.</summary>
    public static readonly VectorOpcode MultiplyAdd231 = new("vfmadd231ps", 1, 2, 0xB8, VectorForm.ThreeOperands, MemoryTuple.Full);

    public static readonly VectorOpcode AddIntegers = new("vpaddd", 1, 1, 0xFE, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode SubtractIntegers = new("vpsubd", 1, 1, 0xFA, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode MultiplyIntegers = new("vpmulld", 1, 2, 0x40, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode MinimumIntegers = new("vpminsd", 1, 2, 0x39, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode MaximumIntegers = new("vpmaxsd", 1, 2, 0x3D, VectorForm.ThreeOperands, MemoryTuple.Full);
    public static readonly VectorOpcode And = new("vpand", 1, 1, 0xDB, VectorForm.ThreeOperands, MemoryTuple.Full) { EvexName = "vpandd" };
    public static readonly VectorOpcode ExclusiveOr = new("vpxor", 1, 1, 0xEF, VectorForm.ThreeOperands, MemoryTuple.Full) { EvexName = "vpxord" };
    public static readonly VectorOpcode MultiplyPairs = new("vpmaddwd", 1, 1, 0xF5, VectorForm.ThreeOperands, MemoryTuple.FullMemory);

    /// <summary>destination += four products of bytes, those of the source without sign. Two instruction sets, of which a processor may have either.</summary>
    public static readonly VectorOpcode DotProductVex = new("vpdpbusd", 1, 2, 0x50, VectorForm.ThreeOperands, MemoryTuple.Full) { HasEvex = false };
    public static readonly VectorOpcode DotProductEvex = DotProductVex with { HasVex = false, HasEvex = true };

    /// <summary>destination += two products of brain floats.</summary>
    public static readonly VectorOpcode PairProduct = new("vdpbf16ps", 2, 2, 0x52, VectorForm.ThreeOperands, MemoryTuple.Full) { HasVex = false };

    /// <summary>Floats as brain floats, in half a vector.</summary>
    public static readonly VectorOpcode RoundToBrainFloats =
        new("vcvtneps2bf16", 2, 2, 0x72, VectorForm.FromOperand, MemoryTuple.Full) { HasVex = false };

    public static readonly VectorOpcode ToFloats = new("vcvtdq2ps", 0, 1, 0x5B, VectorForm.FromOperand, MemoryTuple.Full);
    public static readonly VectorOpcode ToIntegers = new("vcvttps2dq", 2, 1, 0x5B, VectorForm.FromOperand, MemoryTuple.Full);

    /// <summary>Floats as the nearest integers, of two equally near ones the even one: the mode that processors are in.</summary>
    public static readonly VectorOpcode ToNearestIntegers = new("vcvtps2dq", 1, 1, 0x5B, VectorForm.FromOperand, MemoryTuple.Full);

    public static readonly VectorOpcode WidenSignedBytes = new("vpmovsxbd", 1, 2, 0x21, VectorForm.FromOperand, MemoryTuple.Quarter);
    public static readonly VectorOpcode WidenBytes = new("vpmovzxbd", 1, 2, 0x31, VectorForm.FromOperand, MemoryTuple.Quarter);
    public static readonly VectorOpcode WidenHalves = new("vpmovsxwd", 1, 2, 0x23, VectorForm.FromOperand, MemoryTuple.Half);
    public static readonly VectorOpcode WidenWords = new("vpmovzxwd", 1, 2, 0x33, VectorForm.FromOperand, MemoryTuple.Half);
    public static readonly VectorOpcode Round =
        new("vroundps", 1, 3, 0x08, VectorForm.FromOperand, MemoryTuple.Full) { EvexName = "vrndscaleps", HasImmediate = true };

    public static readonly VectorOpcode ShiftLeft = Shift("vpslld", 0x72, 6, MemoryTuple.Full);
    public static readonly VectorOpcode ShiftPairsLeft = Shift("vpsllw", 0x71, 6, MemoryTuple.FullMemory);
    public static readonly VectorOpcode ShiftPairsRight = Shift("vpsrlw", 0x71, 2, MemoryTuple.FullMemory);
    public static readonly VectorOpcode ShiftPairsRightSigned = Shift("vpsraw", 0x71, 4, MemoryTuple.FullMemory);

    public static readonly VectorOpcode Permute = new("vpermilps", 1, 3, 0x04, VectorForm.FromOperand, MemoryTuple.Full) { HasImmediate = true };
    public static readonly VectorOpcode ExtractQuarter =
        new("vextractf128", 1, 3, 0x19, VectorForm.ToOperand, MemoryTuple.FourWords) { EvexName = "vextractf32x4", HasImmediate = true };

    public static readonly VectorOpcode ExtractHalf =
        new("vextractf64x4", 1, 3, 0x1B, VectorForm.ToOperand, MemoryTuple.EightWords) { HasVex = false, EvexW = true, HasImmediate = true };

    public static readonly VectorOpcode BlendByConstant =
        new("vblendps", 1, 3, 0x0C, VectorForm.ThreeOperands, MemoryTuple.Full) { HasEvex = false, HasImmediate = true };

    public static readonly VectorOpcode BlendByMask = new("vblendmps", 1, 2, 0x65, VectorForm.ThreeOperands, MemoryTuple.Full) { HasVex = false };

    public static readonly VectorOpcode NarrowSigned = new("vpmovsdb", 2, 2, 0x21, VectorForm.ToOperand, MemoryTuple.Quarter) { HasVex = false };
    public static readonly VectorOpcode NarrowUnsigned = new("vpmovusdb", 2, 2, 0x11, VectorForm.ToOperand, MemoryTuple.Quarter) { HasVex = false };
    public static readonly VectorOpcode PackWords = new("vpackssdw", 1, 1, 0x6B, VectorForm.ThreeOperands, MemoryTuple.Full) { HasEvex = false };
    public static readonly VectorOpcode PackSignedBytes =
        new("vpacksswb", 1, 1, 0x63, VectorForm.ThreeOperands, MemoryTuple.FullMemory) { HasEvex = false };

    public static readonly VectorOpcode PackBytes = new("vpackuswb", 1, 1, 0x67, VectorForm.ThreeOperands, MemoryTuple.FullMemory) { HasEvex = false };
    public static readonly VectorOpcode StoreFourBytes = new("vmovd", 1, 1, 0x7E, VectorForm.ToOperand, MemoryTuple.Word) { HasEvex = false };
    public static readonly VectorOpcode StoreEightBytes = new("vmovq", 1, 1, 0xD6, VectorForm.ToOperand, MemoryTuple.TwoWords) { HasEvex = false };
    public static readonly VectorOpcode StoreWords =
        new("vmovdqu16", 3, 1, 0x7F, VectorForm.ToOperand, MemoryTuple.FullMemory) { HasVex = false, EvexW = true };
    public static readonly VectorOpcode StoreTwoBytes =
        new("vpextrw", 1, 3, 0x15, VectorForm.ToOperand, MemoryTuple.Word) { HasEvex = false, HasImmediate = true };

    public static readonly VectorOpcode StoreByte =
        new("vpextrb", 1, 3, 0x14, VectorForm.ToOperand, MemoryTuple.Word) { HasEvex = false, HasImmediate = true };

    /// <summary>All of them.</summary>
    public static ImmutableArray<VectorOpcode> All { get; } =
    [
        Load, Store, Move, StoreOne, StoreTwo, Broadcast,
        Add, Subtract, Multiply, Divide, Minimum, Maximum, SquareRoot, MultiplyAdd213, MultiplyAdd231,
        AddIntegers, SubtractIntegers, MultiplyIntegers, MinimumIntegers, MaximumIntegers, And, ExclusiveOr, MultiplyPairs, DotProductVex, DotProductEvex,
        PairProduct, RoundToBrainFloats, WidenWords, StoreWords,
        ToFloats, ToIntegers, ToNearestIntegers, WidenSignedBytes, WidenBytes, WidenHalves, Round,
        ShiftLeft, ShiftPairsLeft, ShiftPairsRight, ShiftPairsRightSigned,
        Permute, ExtractQuarter, ExtractHalf, BlendByConstant, BlendByMask,
        NarrowSigned, NarrowUnsigned, PackWords, PackSignedBytes, PackBytes, StoreFourBytes, StoreEightBytes, StoreTwoBytes, StoreByte,
    ];

    private static VectorOpcode Shift(string name, byte code, int extension, MemoryTuple tuple) =>
        new(name, 1, 1, code, VectorForm.Shift, tuple) { HasImmediate = true, Extension = extension };
}
