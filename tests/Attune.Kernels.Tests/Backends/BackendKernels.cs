using System.Runtime.InteropServices;
using Attune.Kernels.Backends;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Backends;

/// <summary>Kernels of templates on a device of groups and lanes, and what they must compute.</summary>
internal static class BackendKernels
{
    private const int Draws = 400_000;

    /// <summary>Compares every activation with what the interpreter computes.</summary>
    public static void CheckFunctions(IBackend backend)
    {
        var random = new Random(5);
        float[] x = [.. Enumerable.Range(0, 64).Select(_ => (random.NextSingle() - 0.5f) * 12)];
        foreach (string activation in Epilogue.Activations)
        {
            var w = (ConvolutionWorkload)WeightedWorkload.TryParse("conv2d/1x1x1x64/1x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1")!;
            KernelSignature binding = KernelTemplates.CanonicalSignature(w, new Epilogue(true, false, activation, 0.1f, 0.7f));
            Space space = new PlainTemplate().CreateSpace(w, backend.Target);
            KernelSource source = new PlainTemplate().Build(w, space[0], binding, backend.Target);
            float[][] buffers = [x, [1], [0], [], new float[64]];
            float[] actual = Execute(backend, source, buffers);
            Interpreter.Run(source.Phases[0].Program, buffers);
            for (int i = 0; i < actual.Length; i++)
            {
                actual[i].ShouldBe(buffers[4][i], 1e-6f * Math.Max(1, Math.Abs(buffers[4][i])), $"{activation}({x[i]})");
            }
        }
    }

    /// <summary>Compares configurations of a template, the default and drawn ones, with the plain convolution; gives how many there were.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="template">Name of the template.</param>
    /// <param name="key">The task.</param>
    /// <param name="points">How many at most.</param>
    /// <param name="as">What kernels are made for; null for the device with all that it can do.</param>
    public static int Check(IBackend backend, string template, string key, int points, KernelTarget? @as = null)
    {
        KernelTarget target = @as ?? backend.Target;
        WeightedWorkload w = WeightedWorkload.TryParse(key).ShouldNotBeNull(key);
        Space all = KernelTemplates.CreateSpace(w, target);
        SpacePart part = all.Parts.Single(each => each.Name == template);
        var random = new Random(21);
        var sample = new WeightedSample(w, seed: 21);
        IEnumerable<long> drawn = Enumerable.Range(0, Draws).Select(_ => random.NextInt64(part.Space.Count)).Where(part.Space.IsValid);
        long[] chosen = [.. drawn.Prepend(TemplateRegistry.Named(template)!.Default(w, part.Space, target)).Distinct().Take(points)];
        foreach (long index in chosen)
        {
            float[] actual = sample.Execute(all[part.First + index], (source, buffers) => Execute(backend, source, buffers), target);
            for (int i = 0; i < sample.Expected.Length; i++)
            {
                float expected = sample.Expected[i];
                actual[i].ShouldBe(expected, 1e-4f * Math.Max(1, Math.Abs(expected)), $"{key} {part.Space[index]}: element {i}");
            }
        }

        return chosen.Length;
    }

    /// <summary>Runs a kernel on copies of the buffers and gives the output: the last of the operands.</summary>
    public static float[] Execute(IBackend backend, KernelSource source, float[][] buffers)
    {
        using IDeviceKernel kernel = backend.Compile(source).OrThrow(refusal => new InvalidOperationException(refusal));
        IDeviceMemory[] memory = [.. buffers.Select(buffer => backend.Allocate(Math.Max(1, buffer.Length) * sizeof(float)))];
        for (int i = 0; i < buffers.Length; i++)
        {
            memory[i].Write(0, MemoryMarshal.AsBytes(buffers[i].AsSpan()));
        }

        using IDeviceMemory shared = backend.Allocate(kernel.SharedFloats * sizeof(float));
        using ILaunch launch = backend.Prepare(
            kernel, [new KernelArguments([.. memory.Take(5).Select(each => new DeviceRegion(each, 0))], new DeviceRegion(shared, 0), [])], 1);
        launch.Run(1).ShouldBeGreaterThan(0);
        int last = Math.Min(buffers.Length, 5) - 1;
        float[] output = new float[buffers[last].Length];
        memory[last].Read(0, MemoryMarshal.AsBytes(output.AsSpan()));
        foreach (IDeviceMemory each in memory)
        {
            each.Dispose();
        }

        return output;
    }
}
