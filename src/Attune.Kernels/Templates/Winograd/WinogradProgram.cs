using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Winograd;

/// <summary>
/// Winograd convolution F(2x2,3x3), F(4x4,3x3) and F(2x2,5x5) (Lavin and Gray 2016): 2.25, 4 and 2.8 times fewer multiplications; for 3x3 with stride 2,
/// even and odd inputs apart, 1.44 and 1.78 times fewer. Image tiles are taken in blocks whose transformed
/// data stays in the second-level cache: transform the input of a block, multiply point by point with register tiles, transform back and store with the
/// epilogue. Tiles that do not fit at the edge are moved back and overlap, so there is no border code. Fused schedule: a work unit is a block, all data private
/// to a thread. Split schedule: a first phase transforms the whole input, then units are blocks x channel tiles, for few tiles and many channels. Buffers: 0
/// input, 1 transformed weights, 2 bias, 3 residual, 4 output, 5 shared workspace, 6 scratch of the thread.
/// </summary>
internal sealed class WinogradProgram
{
    private readonly ConvolutionWorkload w;
    private readonly WinogradPlan plan;
    private readonly KernelSignature binding;
    private readonly int lanes;
    private readonly BatchedProducts products;
    private readonly bool channelsOuter;
    private readonly RegisterTile d;
    private readonly RegisterTile t = new("t", 4);
    private readonly LoopVariable block = new("b");

    private WinogradProgram(ConvolutionWorkload w, WinogradPlan plan, Configuration c, KernelSignature binding)
    {
        this.w = w;
        this.binding = binding;
        this.plan = plan;
        lanes = w.Lanes;
        products = new BatchedProducts(
            plan.Points,
            plan.ReductionBlocks,
            plan.Register,
            plan.RegistersPerBlock,
            plan.ChannelTile,
            plan.Unroll,
            c.Value("prefetch"),
            lanes)
        { Side = plan.Inputs, WeightSide = plan.WeightRows };
        channelsOuter = c.Label("block_order") == "oc-outer";
        d = new RegisterTile("d", plan.Inputs);
    }

    private Buffer Transformed => plan.Split ? Shared : Scratch;

    private long ProductsAt => plan.Split ? 0 : plan.BlockFloats;

    private long TemporaryAt => ProductsAt + products.ProductFloats;

    /// <summary>The phases of the kernel and the memory they need besides their operands.</summary>
    public static KernelSource Build(ConvolutionWorkload w, WinogradPlan plan, Configuration c, KernelSignature binding)
    {
        var template = new WinogradProgram(w, plan, c, binding);
        WinogradPlan numbers = template.plan;
        long scratch = template.TemporaryAt + ((long)numbers.Points * w.Lanes);
        return numbers.Split
            ? new KernelSource([template.TransformPhase(), template.ProductPhase()], numbers.Blocks * numbers.BlockFloats, scratch)
            : new KernelSource([template.FusedPhase()], 0, scratch);
    }

    private (LoopProgram Program, int Units) FusedPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var tile = new LoopVariable("oct");
        var channels = new LoopVariable("icb");
        ImmutableArray<Statement> body =
        [
            .. InputTransform(channels, 0, plan.ReductionBlocks),
            new Loop(tile, 0, plan.ChannelUnits * plan.ChannelTilesPerUnit, 1, LoopKind.Serial, [.. Products(tile), .. OutputTransform(tile)]),
        ];
        return (Program("winograd", begin, end, [new Loop(block, begin, end, 1, LoopKind.Serial, body)]), plan.Blocks);
    }

    private (LoopProgram Program, int Units) TransformPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var first = new LoopVariable("icu");
        var channels = new LoopVariable("icb");
        ImmutableArray<Statement> body =
        [
            new Let(block, IndexOperation.Divide, unit, plan.ReductionBlocks),
            new Let(first, IndexOperation.Remainder, unit, plan.ReductionBlocks),
            .. InputTransform(channels, first, (Index)first + 1),
        ];
        return (Program("winograd-input", begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), plan.Blocks * plan.ReductionBlocks);
    }

    private (LoopProgram Program, int Units) ProductPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var group = new LoopVariable("ocu");
        var tile = new LoopVariable("oct");
        int inner = channelsOuter ? plan.Blocks : plan.ChannelUnits;
        Index firstTile = (Index)group * plan.ChannelTilesPerUnit;
        ImmutableArray<Statement> body =
        [
            new Let(channelsOuter ? block : group, IndexOperation.Remainder, unit, inner),
            new Let(channelsOuter ? group : block, IndexOperation.Divide, unit, inner),
            new Loop(tile, firstTile, firstTile + plan.ChannelTilesPerUnit, 1, LoopKind.Serial, [.. Products(tile), .. OutputTransform(tile)]),
        ];
        return (Program("winograd-products", begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), plan.Blocks * plan.ChannelUnits);
    }

    private LoopProgram Program(string name, LoopVariable begin, LoopVariable end, ImmutableArray<Statement> body)
    {
        ImmutableArray<Buffer> buffers = [X, W, Bias, Residual, Y, Shared, Scratch];
        return new LoopProgram($"{name}{plan.Outputs}", lanes, buffers, begin, end, body);
    }

    /// <summary>Loops over the tiles of a block and binds each one's first output row and column.</summary>
    private ImmutableArray<Statement> OverTiles(LoopVariable tile, LoopVariable row, LoopVariable column, ImmutableArray<Statement> body)
    {
        var first = new LoopVariable("p0");
        var ty = new LoopVariable("ty");
        var tx = new LoopVariable("tx");
        return
        [
            new Let(first, IndexOperation.Minimum, (Index)block * plan.Block, plan.Tiles - plan.Block),
            new Loop(tile, 0, plan.Block, 1, LoopKind.Serial,
            [
                new Let(ty, IndexOperation.Divide, (Index)first + tile, plan.TileColumns),
                new Let(tx, IndexOperation.Remainder, (Index)first + tile, plan.TileColumns),
                new Let(row, IndexOperation.Minimum, (Index)ty * plan.Outputs, w.OutHeight - plan.Outputs),
                new Let(column, IndexOperation.Minimum, (Index)tx * plan.Outputs, w.OutWidth - plan.Outputs),
                .. body,
            ]),
        ];
    }

    private ImmutableArray<Statement> InputTransform(LoopVariable channels, Index from, Index to)
    {
        var tile = new LoopVariable("p");
        var row = new LoopVariable("oh");
        var column = new LoopVariable("ow");
        var body = ImmutableArray.CreateBuilder<Statement>();
        ActivationView view = binding.Input;
        long padding = (w.Padding.Top * view.Row) + (w.Padding.Left * view.Pixel);
        Index origin = (Index)view.Origin
            + -padding
            + ((Index)channels * view.Block)
            + ((Index)row * (plan.Stride * view.Row))
            + ((Index)column * (plan.Stride * view.Pixel));
        for (int j = 0; j < plan.Inputs; j++)
        {
            OneDimension(body, ToInput, i => new Load(X, origin + ((i * view.Row) + (j * view.Pixel))), (i, v) => new Store(Scratch, Temporary(i, j), v));
        }

        long pointStep = (long)w.GroupInChannels * plan.Block;
        Index target = ((Index)channels * (plan.Block * lanes)) + ((Index)tile * lanes);
        if (plan.Split)
        {
            target += (Index)block * plan.BlockFloats;
        }

        for (int i = 0; i < plan.Inputs; i++)
        {
            OneDimension(
                body, ToInput, j => new Load(Scratch, Temporary(i, j)), (j, v) => new Store(Transformed, target + (((i * plan.Inputs) + j) * pointStep), v));
        }

        return OverTiles(tile, row, column, [new Loop(channels, from, to, 1, LoopKind.Serial, body.ToImmutable())]);
    }

    private ImmutableArray<Statement> Products(LoopVariable tile) =>
        products.Build(tile, (Transformed, plan.Split ? (Index)block * plan.BlockFloats : Index.Zero), W, (Scratch, ProductsAt));

    private ImmutableArray<Statement> OutputTransform(LoopVariable tile)
    {
        var p = new LoopVariable("p");
        var row = new LoopVariable("oh");
        var column = new LoopVariable("ow");
        var vector = new LoopVariable("v");
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int j = 0; j < plan.Inputs; j++)
        {
            OneDimension(body, ToOutput, i => new Load(Scratch, Product((i * plan.Inputs) + j, vector, p)), (i, v) => new Store(Scratch, Temporary(i, j), v));
        }

        var result = new RegisterTile("y", 1);
        Index channel = ((Index)tile * plan.ChannelTile) + vector;
        for (int i = 0; i < plan.Outputs; i++)
        {
            OneDimension(body, ToOutput, j => new Load(Scratch, Temporary(i, j)), (j, v) => new Assign(result, [0], v), j =>
            {
                Index At(ActivationView view) =>
                    (Index)view.Origin + (channel * view.Block) + (((Index)row + i) * view.Row) + (((Index)column + j) * view.Pixel);
                if (binding.Epilogue.HasBias)
                {
                    body.Add(new Assign(result, [0], new Binary(BinaryOperation.Add, new Read(result, [0]), new Load(Bias, channel * lanes))));
                }

                if (binding.Epilogue.HasResidual)
                {
                    body.Add(new Assign(result, [0], new Binary(BinaryOperation.Add, new Read(result, [0]), new Load(Residual, At(binding.Residual)))));
                }

                Activations.Append(body, result, [0], binding.Epilogue, new RegisterTile("s", 1));
                body.Add(new Store(Y, At(binding.Output), new Read(result, [0])));
            });
        }

        return OverTiles(p, row, column, [new Loop(vector, 0, plan.ChannelTile, 1, LoopKind.Serial, body.ToImmutable())]);
    }

    /// <summary>Loads the inputs of a one-dimensional transform, applies it, and hands every result on.</summary>
    private void OneDimension(
        ImmutableArray<Statement>.Builder body,
        Func<ImmutableArray<Statement>.Builder, ImmutableArray<Value>> transform,
        Func<int, Value> load,
        Func<int, Value, Statement> keep,
        Action<int>? after = null)
    {
        for (int i = 0; i < plan.Inputs; i++)
        {
            body.Add(new Assign(d, [i], load(i)));
        }

        ImmutableArray<Value> results = transform(body);
        for (int i = 0; i < results.Length; i++)
        {
            body.Add(keep(i, results[i]));
            after?.Invoke(i);
        }
    }

    private ImmutableArray<Value> ToInput(ImmutableArray<Statement>.Builder body) => WinogradTransform.Input(plan.Inputs, plan.Stride, d, t, body);

    private ImmutableArray<Value> ToOutput(ImmutableArray<Statement>.Builder body) =>
        WinogradTransform.Output(plan.Outputs, plan.Inputs, plan.Stride, d, t, body);

    private Index Temporary(int i, int j) => TemporaryAt + (((i * plan.Inputs) + j) * lanes);

    private Index Product(Index point, Index vector, Index tile) => products.Product(point, vector, tile) + ProductsAt;
}
