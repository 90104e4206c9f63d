using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Pools;

namespace Attune.Kernels.Tests.Templates;

/// <summary>
/// Pools of small images with every kind of window: larger than the image, past one edge or both, apart from each other, and rounded up beyond the padding.
/// </summary>
public sealed class PoolTemplateTests
{
    public static TheoryData<int> Widths() => [4, 8, 16];

    [Theory]
    [MemberData(nameof(Widths))]
    [Trait(Category.Name, Category.Slow)]
    public void Maxima_of_all_small_windows_are_exact(int lanes)
    {
        var random = new Random(lanes);
        int visited = 0;
        foreach (PoolWorkload p in Workloads(lanes, random, 4000))
        {
            (float[] x, ActivationView input, ActivationView output) = Image(p, random, halo: default);
            float[] expected = Pooled(p, x, float.NegativeInfinity, Math.Max, (best, _) => best);
            Check(p, PoolProgram.Maximum(p, Views(input, output)), Blocked(p, x, input), [], output, expected, 0);
            Check(p, PoolProgram.LoopedMaximum(p, Views(input, output)), Blocked(p, x, input), [], output, expected, 0);
            visited++;
        }

        visited.ShouldBe(4000);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Averages_of_all_small_windows_are_right(int lanes)
    {
        var random = new Random(lanes + 1);
        foreach (PoolWorkload p in Workloads(lanes, random, 1500))
        {
            var halo = new Halo(
                p.PadTop,
                p.PadLeft,
                Math.Max(0, ((p.OutHeight - 1) * p.StrideHeight) + p.KernelHeight - p.PadTop - p.Height),
                Math.Max(0, ((p.OutWidth - 1) * p.StrideWidth) + p.KernelWidth - p.PadLeft - p.Width));
            (float[] x, ActivationView input, ActivationView output) = Image(p, random, halo);
            float[] counts = Pooled(p, [.. x.Select(_ => 1f)], 0, (sum, value) => sum + value, (sum, _) => sum);
            float[] scale = [.. counts.Take(p.OutHeight * p.OutWidth).Select(count => 1 / count)];
            float[] expected = Pooled(p, x, 0, (sum, value) => sum + value, (sum, count) => sum / count);
            Check(p, PoolProgram.Average(p, Views(input, output)), Blocked(p, x, input), scale, output, expected, 1e-6f);
        }
    }

    [Theory]
    [InlineData(2, 3, 2, 0, 0)] // 3 wide, stride 2, on 2 columns: the only window passes the edge.
    [InlineData(2, 5, 3, 0, 0)]
    [InlineData(2, 5, 3, 2, 0)]
    [InlineData(2, 3, 2, 1, 1)] // Begins one column before the image: ends with it.
    [InlineData(7, 3, 2, 1, 3)]
    [InlineData(7, 3, 2, 0, 3)]
    [InlineData(8, 3, 2, 1, 4)]
    public void Windows_that_end_before_the_right_edge_are_counted(int width, int kernel, int stride, int left, int windows)
    {
        var pool = new PoolWorkload(1, 1, width, width, width, width, kernel, kernel, stride, stride, left, left, 4);
        pool.WindowsBeforeRightEdge.ShouldBe(windows);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public unsafe void Windows_of_a_thousand_places_and_more_compile(int lanes)
    {
        var p = new PoolWorkload(1, lanes, 40, 41, 3, 5, 33, 35, 4, 5, 0, 7, lanes);
        var random = new Random(3);
        (float[] x, ActivationView input, ActivationView output) = Image(p, random, default);
        CompiledKernel kernel = KernelTemplates.Compile(p, Views(input, output), HostTarget.Of(p.Lanes));
        float[] blocked = Blocked(p, x, input);
        var y = new float[p.OutHeight * p.OutWidth * lanes];
        fixed (float* from = blocked)
        fixed (float* to = y)
        {
            float** buffers = stackalloc float*[CompiledKernel.Slots];
            buffers[0] = from;
            buffers[2] = to;
            kernel.Phases[0].Entry(buffers, 0, kernel.Phases[0].Units);
        }

        Compare(p, y, output, Pooled(p, x, float.NegativeInfinity, Math.Max, (best, _) => best), 0);
    }

    /// <summary>
    /// Random geometries in which every window touches the image, as the caller guarantees; outputs may reach beyond any padding, as rounding up makes them.
    /// </summary>
    private static IEnumerable<PoolWorkload> Workloads(int lanes, Random random, int count)
    {
        while (count > 0)
        {
            int height = random.Next(1, 7), width = random
                .Next(1, 7), rows = random
                .Next(1, 8), columns = random
                .Next(1, 8), down = random
                .Next(1, 4), across = random
                .Next(1, 4);
            int top = random.Next(rows), left = random.Next(columns);
            int outHeight = random.Next(1, 1 + ((height - 1 + top) / down) + 1), outWidth = random.Next(1, 1 + ((width - 1 + left) / across) + 1);
            yield return new PoolWorkload(
                random.Next(1, 3), random.Next(1, lanes + 3), height, width, outHeight, outWidth, rows, columns, down, across, top, left, lanes);
            count--;
        }
    }

    private static (float[] X, ActivationView Input, ActivationView Output) Image(PoolWorkload p, Random random, Halo halo)
    {
        // Negative only: a zero that does not belong to the window would win every time.
        float[] x = [.. Enumerable.Range(0, p.Batch * p.Channels * p.Height * p.Width).Select(_ => -1 - (random.Next(1000) / 16f))];
        return (x, ActivationView.Dense(ActivationLayout.Blocked, p.Channels, p.Height, p.Width, halo, p.Lanes), ActivationView.Dense(
            ActivationLayout.Blocked, p.Channels, p.OutHeight, p.OutWidth, default, p.Lanes));
    }

    private static float[] Blocked(PoolWorkload p, float[] x, ActivationView view)
    {
        // No byte more than the view has: the interpreter refuses to read past the end.
        var blocked = new float[p.Batch * view.Batch];
        for (int i = 0; i < x.Length; i++)
        {
            blocked[At(view, p.Lanes, i, p.Channels, p.Height, p.Width)] = x[i];
        }

        return blocked;
    }

    private static float[] Pooled(PoolWorkload p, float[] x, float start, Func<float, float, float> step, Func<float, int, float> finish)
    {
        var y = new float[p.Batch * p.Channels * p.OutHeight * p.OutWidth];
        for (int i = 0; i < y.Length; i++)
        {
            int ow = i % p.OutWidth, oh = i / p.OutWidth % p.OutHeight, plane = i / p.OutWidth / p.OutHeight;
            float sum = start;
            int count = 0;
            for (int kh = 0; kh < p.KernelHeight; kh++)
            {
                for (int kw = 0; kw < p.KernelWidth; kw++)
                {
                    int ih = (oh * p.StrideHeight) + kh - p.PadTop, iw = (ow * p.StrideWidth) + kw - p.PadLeft;
                    if (ih >= 0 && ih < p.Height && iw >= 0 && iw < p.Width)
                    {
                        sum = step(sum, x[(((plane * p.Height) + ih) * p.Width) + iw]);
                        count++;
                    }
                }
            }

            y[i] = finish(sum, count);
        }

        return y;
    }

    private static void Check(
        PoolWorkload p, (LoopProgram Program, int Units) kernel, float[] x, float[] scale, ActivationView output, float[] expected, float tolerance)
    {
        var y = new float[p.Batch * output.Batch];
        Interpreter.Run(kernel.Program, [x, scale, y], 0, kernel.Units);
        Compare(p, y, output, expected, tolerance);
    }

    private static void Compare(PoolWorkload p, float[] y, ActivationView output, float[] expected, float tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            float actual = y[At(output, p.Lanes, i, p.Channels, p.OutHeight, p.OutWidth)];
            if (Math.Abs(actual - expected[i]) > tolerance * Math.Abs(expected[i]))
            {
                actual.ShouldBe(expected[i], $"{p} element {i}");
            }
        }
    }

    private static int At(ActivationView view, int lanes, int element, int channels, int height, int width)
    {
        int w = element % width, h = element / width % height, c = element / width / height % channels, n = element / width / height / channels;
        return (int)(view.Origin + (n * view.Batch) + (c / lanes * view.Block) + (c % lanes * view.Lane) + (h * view.Row) + (w * view.Pixel));
    }

    private static KernelSignature Views(ActivationView input, ActivationView output) => KernelSignature.Dense with { Input = input, Output = output };
}
