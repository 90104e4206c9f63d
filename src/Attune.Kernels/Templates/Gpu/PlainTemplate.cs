using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// One lane per output, every operand from everybody's memory: right for any convolution, transposed ones too, and matrix product, on any device, and what
/// others are compared with.
/// </summary>
internal sealed unsafe class PlainTemplate : ITemplate
{
    private const string LanesKnob = "lanes";

    public string Name => "gpu-plain";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload { Lanes: 1, Weights: WeightFormat.F32 };

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        int limit = (int)Math.Min(limits.MaxLanes, limits.MaxLanesX);
        int[] sizes = [.. new[] { 32, 64, 128, 256, 512, 1024 }.Where(size => size <= limit).DefaultIfEmpty(limit)];
        return new Space([Knob.Scale(LanesKnob, sizes)], derive: point => Features(w, point).ToArray(limits.Width));
    }

    public long Default(Workload workload, Space space, KernelTarget target) => Math.Max(0, space.Knobs[0].IndexOf("64"));

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of((Program((ConvolutionWorkload)workload, configuration.Value(LanesKnob), signature), 1));

    public long PackedCount(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).WeightCount;

    public string PackedForm(Workload workload, Configuration configuration) => "planar";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DirectWeights.Pack((ConvolutionWorkload)workload, 1, weights.Widened(), target);

    private static GpuFeatures Features(ConvolutionWorkload w, Configuration point)
    {
        int lanes = point.Value(LanesKnob);
        long outputs = (long)w.Batch * w.OutChannels * w.OutHeight * w.OutWidth;
        return new GpuFeatures
        {
            Lanes = lanes,
            Groups = (outputs + lanes - 1) / lanes,
            Sums = 1,
            LoadsPerProduct = 2,
            SharedBytes = 0,
            GlobalBytes = 2.0 * sizeof(float) * w.Flops / 2,
            Body = 1,
        };
    }

    private static LoopProgram Program(ConvolutionWorkload w, int lanes, KernelSignature binding)
    {
        long outputs = (long)w.Batch * w.OutChannels * w.OutHeight * w.OutWidth;
        var (image, channel, row, column) = (new LoopVariable("n"), new LoopVariable("f"), new LoopVariable("y"), new LoopVariable("x"));
        var (rows, planes) = (new LoopVariable("rows"), new LoopVariable("planes"));
        var (chunk, depth, ky, kx) = (new LoopVariable("g"), new LoopVariable("rc"), new LoopVariable("ry"), new LoopVariable("rx"));
        var sum = new RegisterTile("acc", 1);
        var output = new GpuOutput(binding);
        Index channelIn = ((Index)chunk * w.GroupInChannels) + depth;
        Index tap = ((Index)channel * (w.GroupInChannels * w.KernelHeight * w.KernelWidth)) + ((Index)depth * (w.KernelHeight * w.KernelWidth))
            + ((Index)ky * w.KernelWidth) + kx;
        Statement Product(Index y, Index x)
        {
            Index from = GpuOutput.Place(binding.Input, image, channelIn, y, x);
            return new Assign(sum, [0], new MultiplyAdd(new Load(X, from), new Load(W, tap), new Read(sum, [0])));
        }

        Loop taps = Taps(
            w, (w.KernelHeight, w.StrideHeight, w.DilationHeight, w.Padding.Top), row, ky,
            y => Taps(w, (w.KernelWidth, w.StrideWidth, w.DilationWidth, w.Padding.Left), column, kx, x => Product(y, x)));
        return ElementGrid.Program(w.Key, [X, W, Bias, Residual, Y], outputs, lanes, place =>
        [
            new Let(column, IndexOperation.Remainder, place, w.OutWidth),
            new Let(rows, IndexOperation.Divide, place, w.OutWidth),
            new Let(row, IndexOperation.Remainder, rows, w.OutHeight),
            new Let(planes, IndexOperation.Divide, rows, w.OutHeight),
            new Let(channel, IndexOperation.Remainder, planes, w.OutChannels),
            new Let(image, IndexOperation.Divide, planes, w.OutChannels),
            new Let(chunk, IndexOperation.Divide, channel, w.GroupOutChannels),
            new Assign(sum, [0], output.Initial(channel)),
            new Loop(depth, 0, w.GroupInChannels, 1, LoopKind.Serial, [taps]),
            .. output.Store(sum, [0], image, channel, row, column),
        ]);
    }

    /// <summary>What is done for the input row, or column, that an output meets with each tap of the kernel; a transposed convolution skips strides.</summary>
    private static Loop Taps(
        ConvolutionWorkload w, (int Kernel, int Stride, int Dilation, int Padding) axis, Index output, LoopVariable tap, Func<Index, Statement> body)
    {
        (int kernel, int stride, int dilation, int padding) = axis;
        if (!w.IsTransposed)
        {
            return new Loop(tap, 0, kernel, 1, LoopKind.Serial, [body((output * stride) + ((Index)tap * dilation) - padding)]);
        }

        // Some whole strides more, so that what is divided is not negative.
        var (input, rest) = (new LoopVariable("from"), new LoopVariable("rest"));
        int more = ((kernel - 1) * dilation / stride) + 1;
        Index place = output + (padding + (more * stride)) - ((Index)tap * dilation);
        return new Loop(tap, 0, kernel, 1, LoopKind.Serial,
        [
            new Let(input, IndexOperation.Divide, place, stride),
            new Let(rest, IndexOperation.Remainder, place, stride),
            new When(rest, Comparison.Equal, 0, [body((Index)input - more)], []),
        ]);
    }
}
