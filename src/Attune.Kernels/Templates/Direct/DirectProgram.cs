using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// Direct convolution and matrix product: a register tile of output channels x rows x columns stays in registers over the whole reduction
/// (or over a chunk of it), weights stream in the order they are packed in, and input pixels are broadcast, so the input may have any layout.
/// The input carries a halo of zeros: there is no border code. Edge tiles that do not fit are moved back and overlap.
/// Narrow weights are widened where they are loaded; the scale of their output channel is applied once to the sum.
/// Buffers: 0 input, 1 packed weights (and scales), 2 bias, 3 residual, 4 output.
/// </summary>
internal class DirectProgram
{
    private const int CacheLine = 64;
    private readonly ConvolutionWorkload w;
    private readonly DirectPlan plan;
    private readonly KernelSignature binding;
    private readonly ActivationView inputs;
    private readonly int lanes;
    private readonly int prefetch;
    private readonly BlockNest nest;
    private readonly Buffer packed;
    private readonly RegisterTile sums;
    private readonly RegisterTile weights;
    private readonly RegisterTile pixel;
    private readonly RegisterTile scratch;
    private readonly LoopVariable chunk = new("icc");
    private DirectSource source = DirectSource.Operands;

    /// <summary>Prepares the program of a configuration.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="c">Configuration.</param>
    /// <param name="binding">Views and epilogue.</param>
    /// <param name="inputs">The input, in steps of the reduction.</param>
    /// <param name="elements">Elements of weights in memory, of weights and input in registers, and of sums.</param>
    protected DirectProgram(
        ConvolutionWorkload w, Configuration c, KernelSignature binding, ActivationView inputs, (DataType Stored, DataType Factors, DataType Sums) elements)
    {
        this.w = w;
        this.binding = binding;
        plan = new DirectPlan(w, c);
        lanes = w.Lanes;
        this.inputs = inputs;
        packed = W with { Element = elements.Stored };
        prefetch = c.Value("prefetch");
        nest = new BlockNest(w, plan.Blocks, c);
        sums = new RegisterTile("acc", plan.RowTile, plan.ColumnTile, plan.ChannelTile) { Element = elements.Sums };
        weights = new RegisterTile("b", plan.ChannelTile) { Element = elements.Factors };
        pixel = new RegisterTile("a", 1) { Element = elements.Factors };
        scratch = elements.Factors == DataType.Float32 ? pixel : new RegisterTile("t", 1);
    }

    private DirectProgram(ConvolutionWorkload w, Configuration c, KernelSignature binding)
        : this(w, c, binding, binding.Input, (WeightFormats.ElementOf(DirectWeights.FormatOf(w, c)), DataType.Float32, DataType.Float32))
    {
    }

    /// <summary>What the input is read as.</summary>
    protected virtual Buffer Input => source.Input;

    /// <summary>What the residual is read as.</summary>
    protected virtual Buffer Added => Residual;

    /// <summary>Where the output goes.</summary>
    protected virtual Buffer Target => Y;

    private bool IsNarrow => plan.Weights != WeightFormat.F32;

    private long TileWeights => (long)plan.Depth * w.KernelHeight * w.KernelWidth * plan.ChannelTile * lanes;

    /// <summary>Registers that the sums are in.</summary>
    protected RegisterTile Sums => sums;

    /// <summary>Views and epilogue.</summary>
    protected KernelSignature Binding => binding;

    public static (LoopProgram Program, int Units) Build(ConvolutionWorkload workload, Configuration configuration, KernelSignature binding) =>
        new DirectProgram(workload, configuration, binding).Whole();

    /// <summary>The loops of one block of row tiles and all channels, for a kernel that prepares the input itself.</summary>
    public static ImmutableArray<Statement> Block(
        ConvolutionWorkload workload,
        Configuration configuration,
        KernelSignature binding,
        DirectSource source,
        Index image,
        LoopVariable rows,
        LoopVariable rowEnd)
    {
        var template = new DirectProgram(workload, configuration, binding) { source = source };
        var channels = new LoopVariable("ob");
        return
        [
            new Let(template.nest.Image, IndexOperation.Divide, image, 1),
            new Let(template.nest.GroupOfImage, IndexOperation.Remainder, image, 1),
            new Let(channels, IndexOperation.Remainder, image, 1),
            .. template.Chunks(channels, rows, rowEnd),
        ];
    }

    /// <summary>The program and its work units.</summary>
    protected (LoopProgram Program, int Units) Whole() => (Program(), plan.Units);

    private LoopProgram Program() => nest.Program([Input, packed, Bias, Added, Target], Chunks);

    // Partial sums of a chunk of input channels after the other.
    private ImmutableArray<Statement> Chunks(LoopVariable channels, LoopVariable rows, LoopVariable rowEnd) =>
        [new Loop(chunk, 0, plan.Chunks, 1, LoopKind.Serial, nest.Tiles(channels, rows, rowEnd, Tile()))];

    private ImmutableArray<Statement> Tile()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.AddRange(Begin());
        var blockInChunk = new LoopVariable("icb");
        if (plan.ReductionBlocks > 0)
        {
            Index block = ((Index)chunk * plan.ReductionChunk) + blockInChunk;
            body.Add(new Loop(blockInChunk, 0, plan.ReductionChunk, 1, LoopKind.Serial, Reduction(block, plan.BlockDepth, plan.Unroll, 0)));
        }

        var last = ImmutableArray.CreateBuilder<Statement>();
        if (plan.Remainder > 0)
        {
            long done = (long)plan.ReductionBlocks * w.KernelHeight * w.KernelWidth * plan.BlockDepth * plan.ChannelTile * lanes;
            last.AddRange(Reduction(plan.ReductionBlocks, plan.Remainder, plan.Remainder, done));
        }

        last.AddRange(Finish());
        body.AddRange(Branch(chunk, plan.Chunks - 1, last.ToImmutable(), []));
        body.AddRange(End());
        return body.ToImmutable();
    }

    /// <summary>The reduction over one block of input channels: kernel rows, kernel columns, channels in steps of the unroll factor.</summary>
    private ImmutableArray<Statement> Reduction(Index block, int channels, int unroll, long weightsBefore)
    {
        var kh = new LoopVariable("kh");
        var kw = new LoopVariable("kw");
        var lane = new LoopVariable("ic");
        var step = new LoopVariable("k");
        int tileWidth = plan.ChannelTile * lanes;
        bool whole = weightsBefore == 0 && plan.ReductionBlocks > 0;
        Index position = ((Index)kh * (w.KernelWidth * channels)) + ((Index)kw * channels) + lane + step;
        if (whole)
        {
            position += block * (w.KernelHeight * w.KernelWidth * channels);
        }

        Index weight = ((Index)nest.GroupOfImage * (TileWeights * plan.ChannelTilesPerUnit * plan.ChannelUnits))
            + ((Index)nest.Tile * TileWeights)
            + (position * tileWidth)
            + (weightsBefore + source.WeightsAt);
        long padding = (w.Padding.Top * inputs.Row) + (w.Padding.Left * inputs.Pixel);
        Index input = nest.GroupOrigin(inputs, w.GroupInChannels) + source.InputShift + -padding + (block * inputs.Block) + (((Index)lane + step) * inputs.Lane)
            + ((Index)kh * (w.DilationHeight * inputs.Row)) + ((Index)kw * (w.DilationWidth * inputs.Pixel));
        var products = ImmutableArray.CreateBuilder<Statement>();
        products.AddRange(Products(weight, input));
        ImmutableArray<Statement> unrolled = [new Loop(step, 0, unroll, 1, LoopKind.Unrolled, products.ToImmutable())];
        ImmutableArray<Statement> overLanes = [new Loop(lane, 0, channels, unroll, LoopKind.Serial, unrolled)];
        return [new Loop(
            kh, 0, w.KernelHeight, 1, LoopKind.Serial, [new Loop(kw, 0, w.KernelWidth, 1, plan.UnrollWidth ? LoopKind.Unrolled : LoopKind.Serial, overLanes)])];
    }

    /// <summary>One rank-1 update of the register tile. The smaller operand of the outer product is held in registers, the other one streams.</summary>
    private ImmutableArray<Statement> Products(Index weight, Index input)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        if (prefetch > 0)
        {
            // Narrow vectors share cache lines.
            int perLine = IsNarrow ? Math.Max(1, CacheLine / (lanes * packed.ElementBytes)) : 1;
            for (int v = 0; v < plan.ChannelTile; v += perLine)
            {
                body.Add(new Prefetch(packed, weight + ((((long)prefetch * plan.ChannelTile) + v) * lanes)));
            }
        }

        int pixels = plan.RowTile * plan.ColumnTile;
        bool holdWeights = plan.ChannelTile <= pixels;
        if (holdWeights)
        {
            for (int v = 0; v < plan.ChannelTile; v++)
            {
                body.Add(new Assign(weights, [v], new Load(packed, weight + (v * lanes))));
            }
        }

        for (int r = 0; r < plan.RowTile; r++)
        {
            for (int c = 0; c < plan.ColumnTile; c++)
            {
                Index at = input + (((Index)nest.Row + r) * (w.StrideHeight * inputs.Row)) + (((Index)nest.Column + c) * (w.StrideWidth * inputs.Pixel));
                Value a = new Broadcast(Input, at);
                if (plan.ChannelTile > 1)
                {
                    body.Add(new Assign(pixel, [0], a));
                    a = new Read(pixel, [0]);
                }

                for (int v = 0; v < plan.ChannelTile; v++)
                {
                    Value b = holdWeights ? new Read(weights, [v]) : new Load(packed, weight + (v * lanes));
                    body.Add(new Assign(sums, [r, c, v], Product(a, b, new Read(sums, [r, c, v]))));
                }
            }
        }

        return body.ToImmutable();
    }

    /// <summary>What is in the sums before a chunk of the reduction.</summary>
    protected virtual ImmutableArray<Statement> Begin() => Branch(
        chunk, 0, ForTile((i, at) => new Assign(sums, at, Initial(i))), ForTile((i, at) => new Assign(sums, at, new Load(Y, Output(binding.Output, i)))));

    /// <summary>A sum after one more step of the reduction.</summary>
    protected virtual Value Product(Value input, Value weight, Value sum) => new MultiplyAdd(input, weight, sum);

    /// <summary>What becomes of the sums after a chunk of the reduction.</summary>
    protected virtual ImmutableArray<Statement> End() => ForTile((i, at) => new Store(Target, Output(binding.Output, i), new Read(sums, at)));

    /// <summary>What becomes of the sums after the whole reduction.</summary>
    protected virtual ImmutableArray<Statement> Finish()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        foreach ((int R, int C, int V) i in Elements())
        {
            ImmutableArray<Index> at = [i.R, i.C, i.V];
            if (IsNarrow)
            {
                var scale = new Load(Scales, ChannelOf(i.V) + DirectWeights.ScalesAt(w, plan.Weights));
                body.Add(new Assign(sums, at, new MultiplyAdd(new Read(sums, at), scale, BiasOf(i.V))));
            }

            if (binding.Epilogue.HasResidual)
            {
                body.Add(new Assign(sums, at, new Binary(BinaryOperation.Add, new Read(sums, at), new Load(Added, Output(binding.Residual, i)))));
            }

            Activations.Append(body, sums, at, binding.Epilogue, scratch);
        }

        return body.ToImmutable();
    }

    /// <summary>What a sum begins with.</summary>
    protected Value Initial((int R, int C, int V) i) =>
        IsNarrow ? new Constant(0) : BiasOf(i.V);

    private Value BiasOf(int vector) => binding.Epilogue.HasBias ? new Load(Bias, ChannelOf(vector) + source.BiasAt) : new Constant(0);

    /// <summary>First output channel of a vector of the tile.</summary>
    protected Index ChannelOf(int vector) => nest.ChannelOf(vector);

    /// <summary>Where an element of the tile lies in memory that is seen as the output is.</summary>
    protected Index Output(ActivationView view, (int R, int C, int V) i) => nest.Output(view, i.V, i.R, i.C);

    /// <summary>A statement for every element of the tile.</summary>
    protected ImmutableArray<Statement> ForTile(Func<(int R, int C, int V), ImmutableArray<Index>, Statement> make) =>
        [.. Elements().Select(i => make(i, [i.R, i.C, i.V]))];

    private IEnumerable<(int R, int C, int V)> Elements()
    {
        for (int r = 0; r < plan.RowTile; r++)
        {
            for (int c = 0; c < plan.ColumnTile; c++)
            {
                for (int v = 0; v < plan.ChannelTile; v++)
                {
                    yield return (r, c, v);
                }
            }
        }
    }

    private static ImmutableArray<Statement> Branch(LoopVariable variable, int value, ImmutableArray<Statement> then, ImmutableArray<Statement> otherwise) =>
        [new When(variable, Comparison.Equal, value, then, otherwise)];
}
