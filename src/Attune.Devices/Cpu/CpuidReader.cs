using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Attune.Devices.Cpu;

/// <summary>Reads the identity of an x86 processor through its CPUID instruction: needs no operating system's help.</summary>
internal static class CpuidReader
{
    /// <summary>The identity, or null on another architecture.</summary>
    public static CpuIdentity? Read()
    {
        if (!X86Base.IsSupported)
        {
            return null;
        }

        (_, int b, int c, int d) = X86Base.CpuId(0, 0);
        string vendor = Text([b, d, c]);
        (int signature, _, int features, _) = X86Base.CpuId(1, 0);
        (int family, int model, int stepping) = DecodeSignature((uint)signature);
        return new CpuIdentity(vendor, Brand(), family, model, stepping, IsVirtualised: features < 0);
    }

    /// <summary>Splits leaf 1's EAX: extended family counts only above base family 15, extended model only for families 6 and 15.</summary>
    internal static (int Family, int Model, int Stepping) DecodeSignature(uint signature)
    {
        int baseFamily = (int)((signature >> 8) & 0xF);
        int baseModel = (int)((signature >> 4) & 0xF);
        int family = baseFamily == 0xF ? baseFamily + (int)((signature >> 20) & 0xFF) : baseFamily;
        int model = baseFamily is 0xF or 6 ? baseModel | (int)((signature >> 12) & 0xF0) : baseModel;
        return (family, model, (int)(signature & 0xF));
    }

    private static string Brand()
    {
        uint highest = (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax;
        if (highest < 0x80000004)
        {
            return "unknown";
        }

        Span<int> words = stackalloc int[12];
        for (int leaf = 0; leaf < 3; leaf++)
        {
            (words[leaf * 4], words[(leaf * 4) + 1], words[(leaf * 4) + 2], words[(leaf * 4) + 3]) = X86Base.CpuId(unchecked((int)0x80000002) + leaf, 0);
        }

        return Text(words);
    }

    private static string Text(ReadOnlySpan<int> words) => Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Replace('\0', ' ').Trim();
}
