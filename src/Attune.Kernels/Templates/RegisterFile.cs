using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Templates;

/// <summary>How many vector registers the code may use: what bounds register tiles.</summary>
internal static class RegisterFile
{
    /// <summary>Vector registers of this machine at a vector width: 32 with AVX-512 (EVEX encoding) or Arm64, else 16.</summary>
    public static int Count(int lanes) => Avx512F.VL.IsSupported || lanes == 16 || AdvSimd.Arm64.IsSupported ? 32 : 16;
}
