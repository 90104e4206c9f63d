using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.Quantized;

/// <summary>What every template of quantised layers must do besides: exactly what their definition says, with whatever instructions there are.</summary>
public abstract class QuantizedTemplateContract : TemplateContract
{
    private const int PointsRun = 3;

    public static TheoryData<string> Activations => ["none", "relu", "clip", "sigmoid"];

    internal override Workload Foreign(int lanes) =>
        WeightedWorkload.TryParse($"conv2d/1x{lanes}x8x9/{lanes}x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v{lanes}").ShouldNotBeNull();

    internal override KernelSignature SignatureOf(Workload workload) => Signature(workload, "relu");

    [Theory]
    [MemberData(nameof(Activations))]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Its_kernels_compute_the_definition_to_the_bit(string activation) => ForEach((workload, space, target) =>
    {
        KernelSignature signature = Signature(workload, activation);
        var w = (QuantizedWorkload)workload;
        var layer = new QuantizedLayer(w, signature.Epilogue, seed: 5);
        float[] expected = layer.Expected();

        // Exponentials are approximations; a byte may come out one step away.
        float tolerance = activation == "sigmoid" ? w.OutputElement == DataType.UInt8 ? 1 : 1e-5f : 0;
        foreach (Configuration point in Points(workload, space, target, PointsRun))
        {
            KernelSource source = Template.Build(workload, point, signature, target);
            foreach ((string way, KernelEntry? entry) in Ways(source.Phases.Single().Program, target))
            {
                Compare(Run(layer, point, source, signature, entry), expected, tolerance, $"{w.Key} {point} {way}");
            }
        }
    });

    [Fact]
    public void Packing_writes_every_byte_of_its_target_and_equal_forms_are_packed_alike() => ForEach((workload, space, target) =>
    {
        var layer = new QuantizedLayer((QuantizedWorkload)workload, Epilogue.None, seed: 6);
        var packed = new Dictionary<string, float[]>();
        foreach (Configuration point in Points(workload, space, target, 8))
        {
            float[] memory = Packed(layer, workload, point);
            float[] again = Packed(layer, workload, point, filler: 0.5f);
            MemoryMarshal.AsBytes(memory.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(again.AsSpan())).ShouldBeTrue();
            if (!packed.TryAdd(Template.PackedForm(workload, point), memory))
            {
                MemoryMarshal.AsBytes(packed[Template.PackedForm(workload, point)].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(memory.AsSpan()))
                    .ShouldBeTrue();
            }
        }
    });

    [Fact]
    public void Keys_are_read_back() =>
        ForEach((workload, _, _) => WeightedWorkload.TryParse(((WeightedWorkload)workload).Key).ShouldBe(workload));

    private static KernelSignature Signature(Workload workload, string activation) => KernelTemplates.CanonicalSignature(
        (WeightedWorkload)workload, new Epilogue(true, false, activation, activation == "clip" ? -0.25f : 0, activation == "clip" ? 0.5f : 0));

    // Interpreted, by the JIT with and without an instruction for products, and what only machine code of our own can as such.
    private static IEnumerable<(string Way, KernelEntry? Entry)> Ways(LoopProgram program, KernelTarget target)
    {
        yield return ("interpreted", null);
        if (ProductScan.HasTiles(program))
        {
            foreach (VectorInstructions set in InstructionSets.Of(target.Lanes, products: false).Where(set => set.HasFlag(VectorInstructions.MatrixTiles)))
            {
                yield return ($"by {set}", X64Lowering.Compile(program, set).OrThrow(refusal => new InvalidOperationException(refusal)));
            }

            yield break;
        }

        foreach (VectorInstructions set in new[] { target.Instructions, target.Instructions & ~VectorInstructions.DotProduct256 })
        {
            yield return ($"by the JIT for {set}", IlLowering.Compile(program, set).OrThrow(refusal => new InvalidOperationException(refusal)));
        }
    }

    private float[] Run(QuantizedLayer layer, Configuration point, KernelSource source, KernelSignature signature, KernelEntry? entry)
    {
        QuantizedWorkload w = layer.Workload;
        (LoopProgram program, int units) = source.Phases.Single();
        byte[] input = layer.Laid(signature.Input);
        float[] output = new float[w.Batch * signature.Output.Batch];
        float[][] memory =
        [
            MemoryMarshal.Cast<byte, float>(input).ToArray(), Packed(layer, w, point), layer.Table, [], output,
            new float[source.SharedFloats], new float[source.ScratchFloats],
        ];
        if (entry is not null)
        {
            TemplateRun.Run(entry, memory, units, parts: 2);
        }
        else
        {
            Interpreter.Run(program, memory, 0, units);
        }

        return layer.Read(signature.Output, output, MemoryMarshal.AsBytes(output.AsSpan()).ToArray());
    }

    private unsafe float[] Packed(QuantizedLayer layer, Workload workload, Configuration point, float filler = float.NaN)
    {
        var packed = new float[Template.PackedCount(workload, point)];
        Array.Fill(packed, filler);
        fixed (float* target = packed)
        {
            PackingWork work = Template.Pack(workload, point, new WeightOperand(default, false) { Stored = layer.Weights }, target);
            using var slab = new PackingSlab();
            for (int unit = work.Units - 1; unit >= 0; unit--)
            {
                work.Run(unit, slab);
            }
        }

        return packed;
    }

    private static void Compare(float[] actual, float[] expected, float tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            (Math.Abs(actual[i] - expected[i]) <= tolerance).ShouldBeTrue($"{what}: element {i} is {actual[i]}, expected {expected[i]}");
        }
    }
}
