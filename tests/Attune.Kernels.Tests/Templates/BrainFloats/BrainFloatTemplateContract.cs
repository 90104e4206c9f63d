using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

/// <summary>What every template of layers of brain floats must do besides: what their definition says, with whatever instructions there are.</summary>
public abstract class BrainFloatTemplateContract : TemplateContract
{
    private const int PointsRun = 3;

    // One step of a brain float, and what sums of some hundreds of numbers around one lose.
    private const float Step = 1f / (1 << 7);
    private const float Absolute = 1e-4f;

    public static TheoryData<string> Activations =>
        ["none", "relu", "clip", "leaky_relu", "sigmoid", "silu", "hard_sigmoid", "hard_swish", "tanh"];

    internal override Workload Foreign(int lanes) =>
        WeightedWorkload.TryParse($"conv2d/1x{lanes}x8x9/{lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}").ShouldNotBeNull();

    internal override KernelSignature SignatureOf(Workload workload) => Signature(workload, "relu", residual: null);

    // Seen as floats they are about as large.
    internal override float[] Operand(Random random, int floats) => MemoryMarshal.Cast<BFloat16, float>(
        Array.ConvertAll(TemplateRun.Random(random, 2 * floats), BFloat16.FromSingle)).ToArray();

    // Processors may add the products of a pair in another order than the JIT's code.
    internal override void AgreeAcrossCompilers(KernelSource source, int buffer, float[] actual, float[] expected, string what)
    {
        bool narrow = source.Phases[0].Program.Buffers.FirstOrDefault(one => one.Position == buffer)?.Element == DataType.BFloat16;
        (float[] left, float[] right) = narrow ? (Widened(actual), Widened(expected)) : (actual, expected);
        for (int i = 0; i < right.Length; i++)
        {
            if (!(Math.Abs(left[i] - right[i]) <= Absolute + (narrow ? Step * Math.Abs(right[i]) : Absolute * Math.Abs(right[i]))))
            {
                throw new InvalidOperationException($"{what}: element {i} is {left[i]}, the JIT's code says {right[i]}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Its_kernels_compute_the_definition(string activation) => ForEach((workload, space, target) =>
    {
        foreach (DataType? residual in (DataType?[])[null, DataType.BFloat16, DataType.Float32])
        {
            KernelSignature signature = Signature(workload, activation, residual);
            var layer = new BrainFloatLayer((BFloat16Workload)workload, signature.Epilogue, residual == DataType.BFloat16, seed: 5);
            foreach (Configuration point in Points(workload, space, target, residual is null ? PointsRun : 1))
            {
                string what = $"{layer.Workload.Key} {point} {residual}";
                (LoopProgram program, int units) = Template.Build(workload, point, signature, target).Phases.Single();
                Check(layer, point, (program, units), signature, null, $"{what} interpreted");
                Check(layer, point, (program, units), signature, Compiled(IlLowering.Compile(program, target.Instructions)), $"{what} by IL");
                foreach (VectorInstructions instructions in InstructionSets.Of(target.Lanes, products: false, brainFloats: true))
                {
                    Check(layer, point, (program, units), signature, Compiled(X64Lowering.Compile(program, instructions)), $"{what} by {instructions}");
                }
            }
        }

        static KernelEntry Compiled(Attune.Devices.Result<KernelEntry, string> result) =>
            result.Succeeded ? result.Value : throw new InvalidOperationException(result.Error);
    });

    [Fact]
    public void Packing_writes_every_float_of_its_target_and_equal_forms_are_packed_alike() => ForEach((workload, space, target) =>
    {
        var layer = new BrainFloatLayer((BFloat16Workload)workload, Epilogue.None, narrowResidual: false, seed: 6);
        var packed = new Dictionary<string, float[]>();
        foreach (Configuration point in Points(workload, space, target, 8))
        {
            float[] memory = Packed(layer, workload, point, layer.Weights);
            Bits(Packed(layer, workload, point, layer.Weights, filler: 0.5f)).ShouldBe(Bits(memory));
            if (!packed.TryAdd(Template.PackedForm(workload, point), memory))
            {
                Bits(packed[Template.PackedForm(workload, point)]).ShouldBe(Bits(memory));
            }
        }
    });

    [Fact]
    public void Keys_are_read_back_and_say_what_the_elements_are() => ForEach((workload, _, _) =>
    {
        var read = WeightedWorkload.TryParse(((WeightedWorkload)workload).Key).ShouldBeOfType<BFloat16Workload>();
        read.ShouldBe(workload);
        read.OutputElement.ShouldBe(((WeightedWorkload)workload).Key.Split('/')[0].EndsWith('f') ? DataType.Float32 : DataType.BFloat16);
        (read with { OutputElement = DataType.Float32 }).Key.ShouldNotBe((read with { OutputElement = DataType.BFloat16 }).Key);
        new QuantizedWorkload(read).Key.ShouldNotBe(read.Key);
        WeightedWorkload.TryParse(read.Key.Replace("/bf16", "/i8", StringComparison.Ordinal)).ShouldBeNull();
    });

    private static KernelSignature Signature(Workload workload, string activation, DataType? residual)
    {
        (float alpha, float beta) = activation switch
        {
            "clip" => (-0.25f, 0.5f),
            "leaky_relu" => (0.125f, 0),
            "hard_sigmoid" => (0.25f, 0.5f),
            _ => (0, 0),
        };
        return KernelTemplates.CanonicalSignature((WeightedWorkload)workload, new Epilogue(true, residual is not null, activation, alpha, beta)) with
        {
            ResidualElement = residual ?? DataType.Float32,
        };
    }

    private void Check(
        BrainFloatLayer layer, Configuration point, (LoopProgram Program, int Units) phase, KernelSignature signature, KernelEntry? entry, string what)
    {
        BFloat16Workload w = layer.Workload;
        float[] output = new float[(w.Batch * signature.Output.Batch) + 64];
        Array.Fill(output, float.NaN);
        float[][] memory =
        [
            layer.LaidInput(signature.Input), Packed(layer, w, point, layer.Weights), layer.PaddedBias(), layer.LaidResidual(signature.Residual), output,
        ];
        if (entry is not null)
        {
            TemplateRun.Run(entry, memory, phase.Units, parts: 2);
        }
        else
        {
            Interpreter.Run(phase.Program, memory, 0, phase.Units);
        }

        layer.Check(signature.Output, output, what);
    }

    private unsafe float[] Packed(BrainFloatLayer layer, Workload workload, Configuration point, StoredWeights weights, float filler = float.NaN)
    {
        var packed = new float[Template.PackedCount(workload, point)];
        Array.Fill(packed, filler);
        fixed (float* target = packed)
        {
            PackingWork work = Template.Pack(workload, point, new WeightOperand(default, weights.ChannelsLast) { Stored = weights }, target);
            using var slab = new PackingSlab();
            for (int unit = work.Units - 1; unit >= 0; unit--)
            {
                work.Run(unit, slab);
            }
        }

        return packed;
    }

    private static float[] Widened(float[] pairs) => Array.ConvertAll(MemoryMarshal.Cast<float, BFloat16>(pairs).ToArray(), brain => brain.ToSingle());

    private static int[] Bits(float[] numbers) => Array.ConvertAll(numbers, BitConverter.SingleToInt32Bits);
}
