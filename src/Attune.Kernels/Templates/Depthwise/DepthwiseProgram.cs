using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Depthwise;

/// <summary>
/// Depthwise convolution in blocked layout: every vector holds the channels of one block, a tile of rows x columns stays in registers, and the kernel's
/// weights are held in registers or read from the first-level cache. Buffers: 0 input, 1 packed weights, 2 bias, 3 residual, 4 output.
/// </summary>
internal class DepthwiseProgram
{
    private readonly ConvolutionWorkload w;
    private readonly KernelSignature binding;
    private readonly int lanes;
    private readonly int columns;
    private readonly int rows;
    private readonly bool hold;
    private readonly bool unrolledTaps;
    private readonly RegisterTile sums;
    private readonly RegisterTile weights;
    private readonly RegisterTile scratch = new("t", 1);
    private readonly LoopVariable image = new("n");
    private readonly LoopVariable block = new("cb");
    private readonly LoopVariable row = new("oh");
    private readonly LoopVariable column = new("ow");
    private Buffer target = Y;
    private Index targetShift = Index.Zero;

    protected DepthwiseProgram(ConvolutionWorkload w, Configuration c, KernelSignature binding)
    {
        this.w = w;
        this.binding = binding;
        lanes = w.Lanes;
        columns = c.Value("ow_tile");
        rows = c.Value("oh_tile");
        hold = c.IsOn("hold_weights");
        unrolledTaps = c.Label("taps") == "unrolled";
        sums = new RegisterTile("acc", rows, columns);
        weights = new RegisterTile("b", w.KernelHeight, w.KernelWidth);
    }

    public static (LoopProgram Program, int Units) Build(ConvolutionWorkload w, Configuration c, KernelSignature binding) =>
        new DepthwiseProgram(w, c, binding).Program(c);

    /// <summary>
    /// The loops over all channel blocks and some rows, for a kernel that consumes the result itself. Rows come in tiles, and past the image the last one is
    /// moved back: up to a tile less one more row is written on either side.
    /// </summary>
    /// <param name="w">Workload.</param>
    /// <param name="c">Configuration; of its knobs the register tile, "hold_weights" and "taps" count.</param>
    /// <param name="binding">Views and epilogue.</param>
    /// <param name="target">Where the result goes, and what is added to its offsets.</param>
    /// <param name="image">Image.</param>
    /// <param name="first">First row.</param>
    /// <param name="tiles">Tiles of rows.</param>
    public static ImmutableArray<Statement> Rows(
        ConvolutionWorkload w, Configuration c, KernelSignature binding, (Buffer Buffer, Index Shift) target, Index image, Index first, Index tiles)
    {
        var template = new DepthwiseProgram(w, c, binding) { target = target.Buffer, targetShift = target.Shift };
        var ht = new LoopVariable("dt");
        int blocks = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        ImmutableArray<Statement> overRows =
        [
            new Loop(ht, 0, tiles, 1, LoopKind.Serial,
            [
                new Let(template.row, IndexOperation.Minimum, first + ((Index)ht * template.rows), w.OutHeight - template.rows),
                .. template.OverColumns(),
            ]),
        ];
        return
        [
            new Let(template.image, IndexOperation.Divide, image, 1),
            new Loop(template.block, 0, blocks, 1, LoopKind.Serial, [.. template.HoldWeights(), .. overRows]),
        ];
    }

    /// <summary>What the input is read as.</summary>
    protected virtual Buffer Input => X;

    /// <summary>What the residual is read as.</summary>
    protected virtual Buffer Added => Residual;

    /// <summary>Where the output goes.</summary>
    protected virtual Buffer Target => target;

    /// <summary>First channel of the block at hand.</summary>
    protected Index Channel => (Index)block * lanes;

    /// <summary>The program and its work units.</summary>
    protected (LoopProgram Program, int Units) Program(Configuration c)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var rest = new LoopVariable("rest");
        int blocksPerUnit = c.Tuple("c")[1];
        int channelUnits = c.Tuple("c")[0];
        int rowTiles = (w.OutHeight + rows - 1) / rows;
        int rowBlock = c.Value("oh_block");
        int rowUnits = (rowTiles + rowBlock - 1) / rowBlock;
        bool rowsOuter = c.Label("order") == "rows-outer";
        var channelUnit = new LoopVariable("cu");
        var rowUnit = new LoopVariable("hb");
        var rowEnd = new LoopVariable("hend");
        var ht = new LoopVariable("ht");
        ImmutableArray<Statement> overRows = [new Loop(
            ht, (Index)rowUnit * rowBlock, rowEnd, 1, LoopKind.Serial,
            [new Let(row, IndexOperation.Minimum, (Index)ht * rows, w.OutHeight - rows), .. OverColumns()])];
        ImmutableArray<Statement> body =
        [
            new Let(rowsOuter ? channelUnit : rowUnit, IndexOperation.Remainder, unit, rowsOuter ? channelUnits : rowUnits),
            new Let(rest, IndexOperation.Divide, unit, rowsOuter ? channelUnits : rowUnits),
            new Let(rowsOuter ? rowUnit : channelUnit, IndexOperation.Remainder, rest, rowsOuter ? rowUnits : channelUnits),
            new Let(image, IndexOperation.Divide, rest, rowsOuter ? rowUnits : channelUnits),
            new Let(rowEnd, IndexOperation.Minimum, ((Index)rowUnit * rowBlock) + rowBlock, rowTiles),
            new Loop(
                block,
                (Index)channelUnit * blocksPerUnit,
                ((Index)channelUnit * blocksPerUnit) + blocksPerUnit,
                1,
                LoopKind.Serial,
                [.. HoldWeights(), .. overRows]),
        ];
        ImmutableArray<Buffer> buffers = [Input, W, Bias, Added, Target];
        return (new LoopProgram(w.Key, lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), w.Batch * channelUnits * rowUnits);
    }

    private ImmutableArray<Statement> OverColumns()
    {
        var wt = new LoopVariable("wt");
        int columnTiles = (w.OutWidth + columns - 1) / columns;
        return [new Loop(
            wt, 0, columnTiles, 1, LoopKind.Serial, [new Let(column, IndexOperation.Minimum, (Index)wt * columns, w.OutWidth - columns), .. Tile()])];
    }

    private ImmutableArray<Statement> HoldWeights()
    {
        if (!hold)
        {
            return [];
        }

        var kh = new LoopVariable("kh");
        var kw = new LoopVariable("kw");
        ImmutableArray<Statement> load = [new Assign(weights, [kh, kw], new Load(W, Weight(kh, kw)))];
        return [new Loop(kh, 0, w.KernelHeight, 1, LoopKind.Unrolled, [new Loop(kw, 0, w.KernelWidth, 1, LoopKind.Unrolled, load)])];
    }

    private ImmutableArray<Statement> Tile()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        ForTile((r, c) => body.Add(new Assign(sums, [r, c], Initial())));
        var kh = new LoopVariable("kh");
        var kw = new LoopVariable("kw");
        long padding = (w.Padding.Top * binding.Input.Row) + (w.Padding.Left * binding.Input.Pixel);
        var products = ImmutableArray.CreateBuilder<Statement>();
        ForTile((r, c) =>
        {
            Index input = Origin(binding.Input) + -padding
                + (((Index)row + r) * (w.StrideHeight * binding.Input.Row)) + (((Index)column + c) * (w.StrideWidth * binding.Input.Pixel))
                + ((Index)kh * (w.DilationHeight * binding.Input.Row)) + ((Index)kw * (w.DilationWidth * binding.Input.Pixel));
            Value weight = hold ? new Read(weights, [kh, kw]) : new Read(scratch, [0]);
            products.Add(new Assign(sums, [r, c], new MultiplyAdd(weight, new Load(Input, input), new Read(sums, [r, c]))));
        });
        ImmutableArray<Statement> tap = hold ? products.ToImmutable() : [new Assign(scratch, [0], new Load(W, Weight(kh, kw))), .. products];
        body.Add(new Loop(
            kh, 0, w.KernelHeight, 1, unrolledTaps ? LoopKind.Unrolled : LoopKind.Serial, [new Loop(kw, 0, w.KernelWidth, 1, LoopKind.Unrolled, tap)]));
        ForTile((r, c) =>
        {
            Index At(ActivationView view) => Origin(view) + (((Index)row + r) * view.Row) + (((Index)column + c) * view.Pixel);
            Finish(body, sums, [r, c], At);
        });
        return body.ToImmutable();
    }

    /// <summary>What sums begin with.</summary>
    protected virtual Value Initial() => binding.Epilogue.HasBias ? new Load(Bias, Channel) : new Constant(0);

    /// <summary>What becomes of a sum.</summary>
    /// <param name="body">What is appended to.</param>
    /// <param name="tile">Sums.</param>
    /// <param name="at">Which one.</param>
    /// <param name="place">Where it lies in memory that is seen in some way.</param>
    protected virtual void Finish(ImmutableArray<Statement>.Builder body, RegisterTile tile, ImmutableArray<Index> at, Func<ActivationView, Index> place)
    {
        if (binding.Epilogue.HasResidual)
        {
            body.Add(new Assign(tile, at, new Binary(BinaryOperation.Add, new Read(tile, at), new Load(Added, place(binding.Residual)))));
        }

        Activations.Append(body, tile, at, binding.Epilogue, scratch);
        body.Add(new Store(Target, place(binding.Output) + targetShift, new Read(tile, at)));
    }

    private Index Origin(ActivationView view) => (Index)view.Origin + ((Index)image * view.Batch) + ((Index)block * view.Block);

    private Index Weight(LoopVariable kh, LoopVariable kw) =>
        ((Index)block * (w.KernelHeight * w.KernelWidth * lanes)) + ((Index)kh * (w.KernelWidth * lanes)) + ((Index)kw * lanes);

    private void ForTile(Action<int, int> make)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                make(r, c);
            }
        }
    }
}
