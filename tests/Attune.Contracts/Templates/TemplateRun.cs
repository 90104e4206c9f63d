using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>Runs one configuration of a template on given data, compiled or interpreted, and brings the output back to [N][C][H][W].</summary>
internal static unsafe class TemplateRun
{
    public delegate void Packer(float* target);

    public static float[] Execute(
        ConvolutionWorkload w, Configuration configuration, float[] x, float[] weights, float[] bias, float[]? residual, bool compiled, int parts = 1,
        KernelTarget? on = null) =>
        Execute(
            w,
            configuration,
            x,
            target => WeightPacking.Pack(w, configuration, weights, reductionMajor: false, target, 1),
            bias,
            residual,
            (source, buffers) => Run(source, buffers, compiled, parts),
            on ?? HostTarget.Of(w.Lanes));

    /// <summary>On any device: the function runs a kernel on its operands and gives the output. Weights and biases of a pair are those of both.</summary>
    public static float[] Execute(
        WeightedWorkload w,
        Configuration configuration,
        float[] x,
        float[] weights,
        float[] bias,
        float[]? residual,
        Func<KernelSource, float[][], float[]> run,
        KernelTarget on) =>
        Execute(w, configuration, x, target => WeightPacking.Pack(w, configuration, weights, reductionMajor: false, target, 1), bias, residual, run, on);

    public static float[] Execute(
        ConvolutionWorkload w, Configuration configuration, float[] x, StoredWeights weights, float[] bias, float[]? residual, bool compiled, int parts = 1) =>
        Execute(
            w, configuration, x, target => WeightPacking.Pack(w, configuration, weights, target, 1), bias, residual,
            (source, buffers) => Run(source, buffers, compiled, parts), HostTarget.Of(w.Lanes));

    private static float[] Execute(
        WeightedWorkload workload, Configuration configuration, float[] x, Packer pack, float[] bias, float[]? residual,
        Func<KernelSource, float[][], float[]> run, KernelTarget on)
    {
        (ConvolutionWorkload first, ConvolutionWorkload w) = (workload.Entry, workload.Exit);
        var epilogue = new Epilogue(true, residual is not null, "relu", 0, 0);
        KernelSignature binding = KernelTemplates.CanonicalSignature(workload, epilogue);
        float[] input = ToLayout(
            first.InputLayout, binding.Input, x, first.Batch, first.InChannels, first.Height, first.Width, first.InputHalo, first.Lanes);
        var packed = new float[WeightPacking.PackedCount(workload, configuration)];
        fixed (float* target = packed)
        {
            pack(target);
        }

        var packedBias = new float[WeightPacking.BiasCount(workload)];
        int before = bias.Length - w.OutChannels;
        bias.AsSpan(0, before).CopyTo(packedBias);
        bias.AsSpan(before).CopyTo(packedBias.AsSpan(WeightPacking.BiasCount(workload) - WeightPacking.BiasCount(w)));
        float[] r = residual is null
            ? []
            : ToLayout(w.OutputLayout, binding.Output, residual, w.Batch, w.OutChannels, w.OutHeight, w.OutWidth, default, w.Lanes);
        float[] output = ToLayout(
            w.OutputLayout,
            binding.Output,
            new float[w.Batch * w.OutChannels * w.OutHeight * w.OutWidth],
            w.Batch,
            w.OutChannels,
            w.OutHeight,
            w.OutWidth,
            default,
            w.Lanes);
        Array.Fill(output, float.NaN);
        KernelSource source = KernelTemplates.Source(workload, configuration, binding, on);
        float[] result = run(source, [input, packed, packedBias, r, output]);
        return FromLayout(binding.Output, result, w.Batch, w.OutChannels, w.OutHeight, w.OutWidth, w.Lanes);
    }

    /// <summary>Runs a kernel's programs, on a processor or interpreted.</summary>
    public static Func<KernelSource, float[][], float[]> By(bool compiled, int parts = 1) => (source, buffers) => Run(source, buffers, compiled, parts);

    private static float[] Run(KernelSource source, float[][] operands, bool compiled, int parts)
    {
        float[][] buffers = [.. operands, new float[source.SharedFloats], new float[source.ScratchFloats]];
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            if (compiled)
            {
                Compiled(program, buffers, units, parts);
            }
            else
            {
                Interpreter.Run(program, buffers, 0, units);
            }
        }

        return buffers[KernelBuffers.Y.Position];
    }

    public static float[] Random(Random random, long count)
    {
        var data = new float[count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return data;
    }

    public static void Compiled(LoopProgram program, float[][] buffers, int units, int parts)
    {
        KernelEntry entry = IlLowering.Compile(program, HostTarget.Widest.Instructions)
            .OrThrow(refusal => new InvalidOperationException(refusal));
        Run(entry, buffers, units, parts);
    }

    public static void Run(KernelEntry entry, float[][] buffers, int units, int parts)
    {
        GCHandle[] pins = [.. buffers.Select(b => GCHandle.Alloc(b, GCHandleType.Pinned))];
        float** addresses = stackalloc float*[buffers.Length];
        for (int i = 0; i < buffers.Length; i++)
        {
            addresses[i] = (float*)pins[i].AddrOfPinnedObject();
        }

        for (int part = 0; part < parts; part++)
        {
            entry(addresses, units * part / parts, units * (part + 1) / parts);
        }

        foreach (GCHandle pin in pins)
        {
            pin.Free();
        }
    }

    public static float[] ToLayout(
        ActivationLayout layout, ActivationView view, float[] source, int batch, int channels, int height, int width, Halo halo, int lanes)
    {
        long blocks = (channels + lanes - 1) / lanes;
        long count = layout == ActivationLayout.Planar
            ? (long)batch * channels * (height + halo.Top + halo.Bottom) * (width + halo.Left + halo.Right)
            : batch * blocks * lanes * (height + halo.Top + halo.Bottom) * (width + halo.Left + halo.Right);
        var target = new float[count];
        Visit(view, batch, channels, height, width, lanes, (at, i) => target[at] = source[i]);
        return target;
    }

    public static float[] FromLayout(ActivationView view, float[] source, int batch, int channels, int height, int width, int lanes)
    {
        var target = new float[batch * channels * height * width];
        Visit(view, batch, channels, height, width, lanes, (at, i) => target[i] = source[at]);
        return target;
    }

    private static void Visit(ActivationView view, int batch, int channels, int height, int width, int lanes, Action<long, int> visit)
    {
        int i = 0;
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int h = 0; h < height; h++)
                {
                    for (int w = 0; w < width; w++, i++)
                    {
                        visit(view.Origin + (n * view.Batch) + (c / lanes * view.Block) + (c % lanes * view.Lane) + (h * view.Row) + (w * view.Pixel), i);
                    }
                }
            }
        }
    }
}
