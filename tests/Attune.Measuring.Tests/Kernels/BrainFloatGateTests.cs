using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Kernels;

namespace Attune.Measuring.Tests.Kernels;

/// <summary>Right kernels of layers of brain floats pass whatever their input is like, and those that are wrong by as little as a step are found out.</summary>
public sealed unsafe class BrainFloatGateTests
{
    private static readonly int Lanes = HostTarget.Widest.Lanes;

    private static readonly string[] Keys =
    [
        $"conv2dbf16/1x{2 * Lanes}x9x8/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{Lanes}/bf16",
        $"conv2dbf16f/1x3x9x8/{2 * Lanes}x3x3/s2x2/p1,1,1,1/d1x1/g1/channelslast-channelslast/v{Lanes}/bf16",
        $"densebf16/1x{4 * Lanes}x1x9/{2 * Lanes}x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v{Lanes}/bf16",
        $"depthwise2dbf16/1x{2 * Lanes}x11x9/{2 * Lanes}x3x3/s1x1/p1,1,1,1/d1x1/g{2 * Lanes}/channelslast-channelslast/v{Lanes}/bf16",
    ];

    public static TheoryData<string> Right() => [.. Keys];

    public static TheoryData<string, string> Faults()
    {
        var data = new TheoryData<string, string>();
        foreach (string key in Keys)
        {
            foreach (string fault in new[] { "one step", "all a step less", "no number", "part of the units", "behind", "into input", "into weights", "stale" })
            {
                data.Add(key, fault);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Right))]
    public void A_right_kernel_passes_with_inputs_of_every_kind(string key)
    {
        WeightedWorkload workload = WeightedWorkload.TryParse(key).ShouldNotBeNull();
        KernelTarget target = HostTarget.Of(Lanes);
        Space space = KernelTemplates.CreateSpace(workload, target);
        using var factory = new KernelCandidateFactory(1 << 12);
        long index = KernelTemplates.DefaultIndex(workload, space, target);
        using ICandidate candidate = factory.Build(key, space[index].ToLabels(), threads: 1).Candidate.ShouldNotBeNull();
        for (int number = 0; number < 4 * ProbeInput.Kinds; number++)
        {
            candidate.Renew(number);
            Verdict verdict = candidate.Check();
            verdict.IsCorrect.ShouldBeTrue($"input {number}: {verdict}");
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wrong_kernel_does_not_pass(string key, string fault)
    {
        var workload = (BFloat16Workload)WeightedWorkload.TryParse(key).ShouldNotBeNull();
        SpoiltKernel.Passes(
            key,
            HostTarget.Of(Lanes),
            fault == "part of the units",
            table => Damage(fault, table, workload.OutHeight * workload.OutWidth * workload.OutChannels, workload.OutputElement == DataType.BFloat16))
            .ShouldBeFalse(fault);
    }

    private static void Damage(string fault, float** table, int count, bool narrow)
    {
        ushort* y = (ushort*)table[4];
        float* floats = table[4];
        Func<int, float> read = narrow ? i => new BFloat16(y[i]).ToSingle() : i => floats[i];
        int largest = Enumerable.Range(0, count).MaxBy(read);
        switch (fault)
        {
            case "one step" when narrow:
                y[largest]++;
                break;
            case "one step":
                floats[largest] *= 1.0001f;
                break;
            case "all a step less":
                for (int i = 0; i < count && narrow; i++)
                {
                    y[i] -= y[i] == 0 ? (ushort)0 : (ushort)1;
                }

                for (int i = 0; i < count && !narrow; i++)
                {
                    floats[i] *= 0.9999f;
                }

                break;
            case "no number" when narrow:
                y[count / 3] = 0x7FC0;
                break;
            case "no number":
                floats[count / 3] = float.NaN;
                break;
            case "behind":
                ((byte*)table[4])[(count * (narrow ? sizeof(ushort) : sizeof(float))) + 1] += 1;
                break;
            case "into input":
                *(byte*)table[0] += 1;
                break;
            case "into weights":
                *(byte*)table[1] += 1;
                break;
            case "stale":
                floats[0] = BitConverter.Int32BitsToSingle(0x5A5A5A5A);
                break;
            default:
                break;
        }
    }
}
