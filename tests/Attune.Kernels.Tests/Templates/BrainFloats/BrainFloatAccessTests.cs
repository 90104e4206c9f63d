using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Elementwise;
using Attune.Kernels.Templates.Pools;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

/// <summary>Pools, element-wise operators and conversions read and write brain floats as they are defined, in every mixture with floats.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class BrainFloatAccessTests
{
    private const int Images = 2;
    private const int Rows = 5;
    private const int Columns = 7;

    public static TheoryData<int, bool, bool> Mixtures
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                data.Add(lanes, true, true);
                data.Add(lanes, true, false);
                data.Add(lanes, false, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Maxima_are_exact_but_for_the_rounding_of_the_output(int lanes, bool narrowInput, bool narrowOutput)
    {
        var image = new Numbers(lanes, lanes + 3, Rows, Columns, narrowInput, seed: 1);
        PoolWorkload pool = Pool(image, 3, 2) with { Operation = PoolOperation.Maximum };
        Numbers result = image.Like(3, 4, narrowOutput);
        KernelSignature signature = SignatureOf(image, result);
        foreach ((LoopProgram, int) kernel in (ReadOnlySpan<(LoopProgram, int)>)[PoolProgram.Maximum(pool, signature), PoolProgram.LoopedMaximum(pool, signature)])
        {
            Check(kernel, lanes, [image.Memory, [], result.Memory], 2, result, (n, c, h, w) => Window(image, n, c, h, w).Max(), 0);
        }
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Averages_are_sums_of_floats(int lanes, bool narrowInput, bool narrowOutput)
    {
        var image = new Numbers(lanes, lanes + 3, Rows, Columns, narrowInput, seed: 2, halo: 1);
        Numbers result = image.Like(3, 4, narrowOutput);
        PoolWorkload pool = Pool(image, 3, 2) with { Operation = PoolOperation.Average };
        var factors = new float[3 * 4];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = 1f / Window(image, 0, 0, i / 4, i % 4).Count();
        }

        Check(
            PoolProgram.Average(pool, SignatureOf(image, result)), lanes, [image.Memory, factors, result.Memory], 2, result,
            (n, c, h, w) => Window(image, n, c, h, w).Average(), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Averages_of_images_are_sums_of_floats(int lanes, bool narrowInput, bool narrowOutput)
    {
        var image = new Numbers(lanes, lanes + 3, Rows, Columns, narrowInput, seed: 3);
        Numbers result = image.Like(1, 1, narrowOutput);
        PoolWorkload pool = Pool(image, 1, 1) with { OutHeight = 1, OutWidth = 1, Operation = PoolOperation.GlobalAverage };
        Check(
            PoolProgram.GlobalAverage(pool, SignatureOf(image, result)), lanes, [image.Memory, [], result.Memory], 2, result,
            (n, c, _, _) => Enumerable.Range(0, Rows * Columns).Average(at => image[n, c, at / Columns, at % Columns]), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Operators_compute_with_floats(int lanes, bool narrowInput, bool narrowOutput)
    {
        foreach (string operation in ElementwiseWorkload.Binaries)
        {
            var left = new Numbers(lanes, lanes + 3, Rows, Columns, narrowInput, seed: 4);
            var right = new Numbers(lanes, lanes + 3, Rows, Columns, narrow: true, seed: 5);
            Numbers result = left.Like(Rows, Columns, narrowOutput);
            var relu = new Epilogue(false, false, "relu", 0, 0);
            Check(Elementwise(operation, relu, left, right, result), lanes, [left.Memory, right.Memory, result.Memory], 2, result, Expected, 1e-6);

            double Expected(int n, int c, int h, int w)
            {
                (double a, double b) = (left[n, c, h, w], right[n, c, h, w]);
                return Math.Max(0, operation switch { "Add" => a + b, "Sub" => a - b, "Mul" => a * b, _ => a / b });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Conversions_move_between_blocks_of_floats_and_pixels_of_brain_floats(int lanes, bool narrowInput, bool narrowOutput)
    {
        var from = new Numbers(lanes, lanes + 3, Rows, Columns, narrowInput, seed: 6);
        Numbers to = from.Like(Rows, Columns, narrowOutput);
        Check(
            Elementwise(null, Epilogue.None, from, from, to), lanes, [from.Memory, [], to.Memory], 2, to, (n, c, h, w) => from[n, c, h, w], 0);
    }

    private static (LoopProgram Program, int Units) Elementwise(string? operation, Epilogue activation, Numbers left, Numbers right, Numbers result)
    {
        int blocks = (left.Channels + left.Lanes - 1) / left.Lanes;
        var workload = new ElementwiseWorkload(operation, activation, new ElementwiseExtent(Images, blocks, Rows, Columns), left.Lanes);
        KernelSignature signature = SignatureOf(left, result) with { Residual = right.View, ResidualElement = right.Element };
        return ElementwiseProgram.Build(workload, signature);
    }

    private static KernelSignature SignatureOf(Numbers input, Numbers output) =>
        KernelSignature.Dense with { Input = input.View, InputElement = input.Element, Output = output.View, OutputElement = output.Element };

    // Windows of 3x3 with stride 2 and a padding of 1.
    private static PoolWorkload Pool(Numbers image, int kernel, int stride) =>
        new(Images, image.Channels, Rows, Columns, 3, 4, kernel, kernel, stride, stride, kernel / 2, kernel / 2, image.Lanes);

    private static IEnumerable<double> Window(Numbers image, int n, int c, int h, int w) =>
        from i in Enumerable.Range((2 * h) - 1, 3)
        from j in Enumerable.Range((2 * w) - 1, 3)
        where i >= 0 && i < Rows && j >= 0 && j < Columns
        select (double)image[n, c, i, j];

    private static void Check(
        (LoopProgram Program, int Units) kernel, int lanes, float[][] memory, int output, Numbers result, Func<int, int, int, int, double> expected, double error)
    {
        LoopVerifier.Verify(kernel.Program).ShouldBeEmpty();
        Run("interpreter", null);
        Run("IL", IlLowering.Compile(kernel.Program, HostTarget.Of(lanes).Instructions).Value.ShouldNotBeNull());
        Run("portable IL", IlLowering.Compile(kernel.Program, VectorInstructions.None).Value.ShouldNotBeNull());
        bool rounds = ProductScan.NeedsBrainFloats(kernel.Program);
        foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: false, rounds))
        {
            Run($"{instructions}", X64Lowering.Compile(kernel.Program, instructions).Value.ShouldNotBeNull());
        }

        void Run(string how, KernelEntry? entry)
        {
            Array.Fill(memory[output], float.NaN);
            if (entry is null)
            {
                Interpreter.Run(LoopPasses.Run(kernel.Program), memory, 0, kernel.Units);
            }
            else
            {
                TemplateRun.Run(entry, memory, kernel.Units, parts: 2);
            }

            result.ForEach((n, c, h, w) =>
            {
                double wanted = expected(n, c, h, w);
                double allowed = error * Math.Max(1, Math.Abs(wanted));
                double least = result.Stored(wanted - allowed);
                double most = result.Stored(wanted + allowed);
                double actual = result[n, c, h, w];
                (actual >= least && actual <= most).ShouldBeTrue($"{how}: {n},{c},{h},{w} is {actual}, not {wanted}");
            });
        }
    }

    /// <summary>Images of floats by blocks, or of brain floats by pixels.</summary>
    private sealed class Numbers
    {
        private readonly int rows;
        private readonly int columns;
        private readonly bool narrow;

        public Numbers(int lanes, int channels, int rows, int columns, bool narrow, int seed, int halo = 0)
        {
            (Lanes, Channels, this.rows, this.columns, this.narrow) = (lanes, channels, rows, columns, narrow);
            View = ActivationView.Dense(
                narrow ? ActivationLayout.ChannelsLast : ActivationLayout.Blocked, channels, rows, columns, new Halo(halo, halo, halo, halo), lanes);
            Memory = new float[(Images * View.Batch) + 64];
            var random = new Random(seed);
            ForEach((n, c, h, w) => this[n, c, h, w] = (random.NextSingle() * 4) - 2);
        }

        public int Lanes { get; }

        public int Channels { get; }

        public ActivationView View { get; }

        public float[] Memory { get; }

        public DataType Element => narrow ? DataType.BFloat16 : DataType.Float32;

        public float this[int n, int c, int h, int w]
        {
            get => narrow ? MemoryMarshal.Cast<float, BFloat16>(Memory.AsSpan())[At(n, c, h, w)].ToSingle() : Memory[At(n, c, h, w)];
            private set
            {
                if (narrow)
                {
                    MemoryMarshal.Cast<float, BFloat16>(Memory.AsSpan())[At(n, c, h, w)] = BFloat16.FromSingle(value);
                }
                else
                {
                    Memory[At(n, c, h, w)] = value;
                }
            }
        }

        public Numbers Like(int height, int width, bool isNarrow) => new(Lanes, Channels, height, width, isNarrow, seed: 0);

        public double Stored(double number) => narrow ? BFloat16.FromSingle((float)number).ToSingle() : (float)number;

        public void ForEach(Action<int, int, int, int> visit)
        {
            for (int at = 0; at < Images * Channels * rows * columns; at++)
            {
                visit(at / columns / rows / Channels, at / columns / rows % Channels, at / columns % rows, at % columns);
            }
        }

        private int At(int n, int c, int h, int w) =>
            (int)(View.Origin + (n * View.Batch) + (c / Lanes * View.Block) + (c % Lanes) + (h * View.Row) + (w * View.Pixel));
    }
}
