using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Attune.Devices.Cpu;

/// <summary>What the just-in-time compiler may use on this machine; the switches DOTNET_EnableAVX512=0 and DOTNET_EnableAVX2=0 are honoured.</summary>
internal static class VectorSupport
{
    /// <summary>32-bit lanes of every usable vector width, narrowest first; 4 alone where only 128-bit vectors exist.</summary>
    public static int[] Lanes()
    {
        var lanes = new List<int> { 4 };
        if (Vector256.IsHardwareAccelerated)
        {
            lanes.Add(8);
        }

        // Vector512.IsHardwareAccelerated is false on processors that slow down with wide vectors; they have the instructions all the same, and the tuner may
        // find them good.
        if (Avx512F.IsSupported)
        {
            lanes.Add(16);
        }

        return [.. lanes];
    }

    /// <summary>Names of the instruction sets that matter to kernels.</summary>
    public static string[] InstructionSets()
    {
        (string Name, bool Has)[] all =
        [
            ("sse4.2", Sse42.IsSupported),
            ("avx", Avx.IsSupported),
            ("avx2", Avx2.IsSupported),
            ("fma", Fma.IsSupported),
            ("avx512f", Avx512F.IsSupported),
            ("avx512bw", Avx512BW.IsSupported),
            ("avx512dq", Avx512DQ.IsSupported),
            ("avx512vbmi", Avx512Vbmi.IsSupported),
            ("avx-vnni", AvxVnni.IsSupported),
            ("neon", AdvSimd.IsSupported),
            ("dotprod", Dp.IsSupported),
        ];
        return [.. all.Where(set => set.Has).Select(set => set.Name)];
    }
}
