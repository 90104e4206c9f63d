using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// Winograd convolution F(2x2,3x3), F(4x4,3x3) and F(2x2,5x5) (Lavin and Gray 2016): 2.25, 4 and 2.8 times fewer multiplications. Image tiles are taken in blocks whose transformed
/// data stays in the second-level cache: transform the input of a block, multiply point by point with register tiles, transform back and store with the epilogue.
/// Tiles that do not fit at the edge are moved back and overlap, so there is no border code. Fused schedule: a work unit is a block, all data private to
/// a thread. Split schedule: a first phase transforms the whole input, then units are blocks x channel tiles, for few tiles and many channels.
/// Buffers: 0 input, 1 transformed weights, 2 bias, 3 residual, 4 output, 5 shared workspace, 6 scratch of the thread.
/// </summary>
internal sealed class WinogradTemplate
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer W = new("w", 1);
    private static readonly Buffer Bias = new("bias", 2);
    private static readonly Buffer Residual = new("r", 3);
    private static readonly Buffer Y = new("y", 4);
    private static readonly Buffer Shared = new("shared", 5);
    private static readonly Buffer Scratch = new("scratch", 6);

    private readonly ConvolutionWorkload w;
    private readonly WinogradPlan plan;
    private readonly KernelBinding binding;
    private readonly int lanes;
    private readonly int prefetch;
    private readonly bool channelsOuter;
    private readonly RegisterTile d;
    private readonly RegisterTile t = new("t", 4);
    private readonly LoopVariable block = new("b");

    private WinogradTemplate(ConvolutionWorkload w, Configuration c, KernelBinding binding)
    {
        this.w = w;
        this.binding = binding;
        plan = new WinogradPlan(w, c);
        lanes = w.Lanes;
        prefetch = c.Value("prefetch");
        channelsOuter = c.Label("order") == "oc-outer";
        d = new RegisterTile("d", plan.Inputs);
    }

    private Buffer Transformed => plan.Split ? Shared : Scratch;

    private long ProductFloats => (long)plan.Points * plan.ChannelTile * plan.Block * lanes;

    private long ProductsAt => plan.Split ? 0 : plan.BlockFloats;

    private long TemporaryAt => ProductsAt + ProductFloats;

    /// <summary>The phases of the kernel and the memory they need besides their operands.</summary>
    public static KernelSource Build(ConvolutionWorkload w, Configuration c, KernelBinding binding)
    {
        var template = new WinogradTemplate(w, c, binding);
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
            new Loop(tile, 0, plan.ChannelUnits * plan.ChannelTilesPerUnit, 1, false, [.. Products(tile), .. OutputTransform(tile)]),
        ];
        return (Program("winograd", begin, end, [new Loop(block, begin, end, 1, false, body)]), plan.Blocks);
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
        return (Program("winograd-input", begin, end, [new Loop(unit, begin, end, 1, false, body)]), plan.Blocks * plan.ReductionBlocks);
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
            new Loop(tile, firstTile, firstTile + plan.ChannelTilesPerUnit, 1, false, [.. Products(tile), .. OutputTransform(tile)]),
        ];
        return (Program("winograd-products", begin, end, [new Loop(unit, begin, end, 1, false, body)]), plan.Blocks * plan.ChannelUnits);
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
            new Loop(tile, 0, plan.Block, 1, false,
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
        Index origin = (Index)view.Origin + -padding + ((Index)channels * view.Block) + ((Index)row * view.Row) + ((Index)column * view.Pixel);
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
            OneDimension(body, ToInput, j => new Load(Scratch, Temporary(i, j)), (j, v) => new Store(Transformed, target + (((i * plan.Inputs) + j) * pointStep), v));
        }

        return OverTiles(tile, row, column, [new Loop(channels, from, to, 1, false, body.ToImmutable())]);
    }

    /// <summary>For every point: products[point] = transformed input x transformed weights of one channel tile.</summary>
    private ImmutableArray<Statement> Products(LoopVariable tile)
    {
        var point = new LoopVariable("pt");
        var register = new LoopVariable("pr");
        var channels = new LoopVariable("icb");
        var lane = new LoopVariable("ic");
        var step = new LoopVariable("k");
        var sums = new RegisterTile("acc", plan.Register, plan.ChannelTile);
        var weights = new RegisterTile("w", plan.ChannelTile);
        var pixel = new RegisterTile("a", 1);
        int width = plan.ChannelTile * lanes;
        long pointWeights = (long)w.GroupInChannels * width;
        Index weight = ((Index)tile * (plan.Points * pointWeights)) + ((Index)point * pointWeights) + ((((Index)channels * lanes) + lane + step) * width);
        Index input = ((Index)point * ((long)w.GroupInChannels * plan.Block)) + ((Index)channels * (plan.Block * lanes)) + ((Index)register * (plan.Register * lanes)) + lane + step;
        if (plan.Split)
        {
            input += (Index)block * plan.BlockFloats;
        }

        var update = ImmutableArray.CreateBuilder<Statement>();
        bool holdWeights = plan.ChannelTile <= plan.Register;
        for (int v = 0; v < plan.ChannelTile; v++)
        {
            if (prefetch > 0)
            {
                update.Add(new Prefetch(W, weight + (((long)prefetch * width) + (v * lanes))));
            }

            if (holdWeights)
            {
                update.Add(new Assign(weights, [v], new Load(W, weight + (v * lanes))));
            }
        }

        for (int p = 0; p < plan.Register; p++)
        {
            Value a = new Broadcast(Transformed, input + (p * lanes));
            if (plan.ChannelTile > 1)
            {
                update.Add(new Assign(pixel, [0], a));
                a = new Read(pixel, [0]);
            }

            for (int v = 0; v < plan.ChannelTile; v++)
            {
                Value b = holdWeights ? new Read(weights, [v]) : new Load(W, weight + (v * lanes));
                update.Add(new Assign(sums, [p, v], new MultiplyAdd(a, b, new Read(sums, [p, v]))));
            }
        }

        var body = ImmutableArray.CreateBuilder<Statement>();
        ForEach((p, v) => body.Add(new Assign(sums, [p, v], new Constant(0))));
        ImmutableArray<Statement> overLanes = [new Loop(lane, 0, lanes, plan.Unroll, false, [new Loop(step, 0, plan.Unroll, 1, true, update.ToImmutable())])];
        body.Add(new Loop(channels, 0, plan.ReductionBlocks, 1, false, overLanes));
        ForEach((p, v) => body.Add(new Store(Scratch, Product(point, v, ((Index)register * plan.Register) + p), new Read(sums, [p, v]))));
        return [new Loop(point, 0, plan.Points, 1, false, [new Loop(register, 0, plan.RegistersPerBlock, 1, false, body.ToImmutable())])];

        void ForEach(Action<int, int> make)
        {
            for (int p = 0; p < plan.Register; p++)
            {
                for (int v = 0; v < plan.ChannelTile; v++)
                {
                    make(p, v);
                }
            }
        }
    }

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
                Index At(ActivationView view) => (Index)view.Origin + (channel * view.Block) + (((Index)row + i) * view.Row) + (((Index)column + j) * view.Pixel);
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

        return OverTiles(p, row, column, [new Loop(vector, 0, plan.ChannelTile, 1, false, body.ToImmutable())]);
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

    private ImmutableArray<Value> ToInput(ImmutableArray<Statement>.Builder body) => WinogradTransform.Input(plan.Inputs, d, t, body);

    private ImmutableArray<Value> ToOutput(ImmutableArray<Statement>.Builder body) => WinogradTransform.Output(plan.Outputs, plan.Inputs, d, t, body);

    private Index Temporary(int i, int j) => TemporaryAt + (((i * plan.Inputs) + j) * lanes);

    private Index Product(Index point, Index vector, Index tile) =>
        (point * ((long)plan.ChannelTile * plan.Block * lanes)) + (vector * (plan.Block * lanes)) + (tile * lanes) + ProductsAt;
}
