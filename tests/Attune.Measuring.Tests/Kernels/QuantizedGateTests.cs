using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>Kernels of quantised layers that are wrong by as little as a step of one byte are found out.</summary>
public sealed unsafe class QuantizedGateTests
{
    private static readonly int Lanes = HostTarget.Widest.Lanes;

    public static TheoryData<string, string> Faults()
    {
        var data = new TheoryData<string, string>();
        foreach (string key in new[]
        {
            $"conv2dq8/1x{2 * Lanes}x9x8/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{Lanes}/i8",
            $"denseq8/1x{4 * Lanes}x1x9/{2 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}/i8",
            $"depthwise2dq8/1x{2 * Lanes}x11x9/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g{2 * Lanes}/channelslast-channelslast/v{Lanes}/i8",
        })
        {
            // Without fused multiply-adds a kernel's rounding differs from the definition's, and single bytes may be off by a step.
            string[] exact = HostTarget.Widest.Instructions.HasFlag(VectorInstructions.FusedMultiplyAdd) ? ["one step"] : [];
            foreach (string fault in new[] { "all one step", "part of the units", "behind", "into input", "into weights", "stale" }.Concat(exact))
            {
                data.Add(key, fault);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wrong_kernel_does_not_pass(string key, string fault)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        SpoiltKernel.Passes(
            key,
            HostTarget.Of(Lanes),
            fault == "part of the units",
            table => Damage(fault, table, (int)workload.Exit.Batch * workload.Exit.OutHeight * workload.Exit.OutWidth * workload.Exit.OutChannels))
            .ShouldBeFalse(fault);
    }

    private static void Damage(string fault, float** table, int bytes)
    {
        byte* y = (byte*)table[4];
        switch (fault)
        {
            case "one step":
                y[bytes / 2] += y[bytes / 2] == byte.MaxValue ? byte.MaxValue : (byte)1;
                break;
            case "all one step":
                for (int i = 0; i < bytes; i++)
                {
                    y[i] -= y[i] == 0 ? (byte)0 : (byte)1;
                }

                break;
            case "behind":
                y[bytes + sizeof(float)] += 1;
                break;
            case "into input":
                *(byte*)table[0] += 1;
                break;
            case "into weights":
                *(byte*)table[1] += 1;
                break;
            case "stale":
                y[0] = 0x5A;
                y[1] = 0x5A;
                break;
            default:
                break;
        }
    }
}
