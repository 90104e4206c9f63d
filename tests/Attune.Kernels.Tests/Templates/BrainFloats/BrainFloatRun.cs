using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

/// <summary>Runs kernels of layers of brain floats in every way there is and compares with the definition.</summary>
internal static class BrainFloatRun
{
    /// <summary>Demands that a kernel does what the definition says: interpreted, compiled by the JIT and, where that can be, as machine code.</summary>
    public static void CheckAllWays(
        ITemplate template, BrainFloatLayer layer, Configuration point, KernelSignature signature, KernelTarget target, string what)
    {
        KernelSource source = template.Build(layer.Workload, point, signature, target);
        LoopProgram program = source.Phases.Single().Program;
        Check(template, layer, point, source, signature, null, $"{what} interpreted");
        bool tiles = ProductScan.HasTiles(program);
        Attune.Devices.Result<KernelEntry, string> jit = IlLowering.Compile(program, target.Instructions);
        if (!tiles && (jit.Succeeded || !jit.Error.Contains("optimises at most", StringComparison.Ordinal)))
        {
            Check(template, layer, point, source, signature, Compiled(jit), $"{what} by IL");
        }

        foreach (VectorInstructions instructions in InstructionSets.Of(target.Lanes, products: false, tiles || ProductScan.NeedsBrainFloats(program)))
        {
            if (!tiles || instructions.HasFlag(VectorInstructions.MatrixTiles))
            {
                Check(template, layer, point, source, signature, Compiled(X64Lowering.Compile(program, instructions)), $"{what} by {instructions}");
            }
        }
    }

    /// <summary>The weights of a layer as the kernel of a configuration reads them.</summary>
    public static unsafe float[] Packed(ITemplate template, BFloat16Workload workload, Configuration point, StoredWeights weights, float filler = float.NaN)
    {
        var packed = new float[template.PackedCount(workload, point)];
        Array.Fill(packed, filler);
        fixed (float* target = packed)
        {
            PackingWork work = template.Pack(workload, point, new WeightOperand(default, weights.ChannelsLast) { Stored = weights }, target);
            using var slab = new PackingSlab();
            for (int unit = work.Units - 1; unit >= 0; unit--)
            {
                work.Run(unit, slab);
            }
        }

        return packed;
    }

    private static void Check(
        ITemplate template,
        BrainFloatLayer layer,
        Configuration point,
        KernelSource source,
        KernelSignature signature,
        KernelEntry? entry,
        string what)
    {
        BFloat16Workload w = layer.Workload;
        float[] output = new float[(w.Batch * signature.Output.Batch) + 64];
        Array.Fill(output, float.NaN);
        float[][] memory =
        [
            layer.LaidInput(signature.Input),
            Packed(template, w, point, layer.Weights),
            layer.PaddedBias(),
            layer.LaidResidual(signature.Residual),
            output,
            new float[source.SharedFloats],
            new float[source.ScratchFloats],
        ];
        (LoopProgram program, int units) = source.Phases.Single();
        if (entry is not null)
        {
            TemplateRun.Run(entry, memory, units, parts: 2);
        }
        else
        {
            Interpreter.Run(program, memory, 0, units);
        }

        layer.Check(signature.Output, output, what);
    }

    private static KernelEntry Compiled(Attune.Devices.Result<KernelEntry, string> result) =>
        result.Succeeded ? result.Value : throw new InvalidOperationException(result.Error);
}
