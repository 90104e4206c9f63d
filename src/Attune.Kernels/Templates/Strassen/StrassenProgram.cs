using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Strassen;

/// <summary>
/// Pointwise convolution by Strassen's algorithm, one or two levels: 12 or 23 % fewer multiplications for a few additions per element, which pay from some
/// 64 channels on. Sums of input parts are formed block by block in the cache, sums of weights once when they are packed. Fused schedule: a work unit is a
/// block of positions, all data private to a thread. Split schedule, for few positions: a first phase forms all sums of the input, then units are blocks x
/// channel tiles. Buffers: 0 input, 1 packed weights, 2 bias, 3 residual, 4 output, 5 shared workspace, 6 scratch of the thread.
/// </summary>
internal sealed class StrassenProgram
{
    private readonly ConvolutionWorkload w;
    private readonly StrassenPlan plan;
    private readonly KernelSignature binding;
    private readonly BatchedProducts products;
    private readonly int lanes;
    private readonly LoopVariable block = new("b");
    private readonly ImmutableArray<LoopVariable> rows;
    private readonly ImmutableArray<LoopVariable> columns;
    private readonly RegisterTile values = new("a", 16);

    private StrassenProgram(ConvolutionWorkload w, StrassenPlan plan, Configuration c, KernelSignature binding)
    {
        this.w = w;
        this.binding = binding;
        this.plan = plan;
        lanes = w.Lanes;
        rows = [.. Enumerable.Range(0, plan.Parts).Select(part => new LoopVariable($"oh{part}"))];
        columns = [.. Enumerable.Range(0, plan.Parts).Select(part => new LoopVariable($"ow{part}"))];
        products = new BatchedProducts(
            plan.Points, plan.ReductionBlocks, plan.Register, plan.RegistersPerBlock, plan.ChannelTile, plan.Unroll, c.Value("prefetch"), lanes);
    }

    private Buffer Sums => plan.Split ? Shared : Scratch;

    private long ProductsAt => plan.Split ? 0 : products.InputFloats;

    private long TemporaryAt => ProductsAt + products.ProductFloats;

    public static KernelSource Build(ConvolutionWorkload w, StrassenPlan plan, Configuration c, KernelSignature binding)
    {
        var template = new StrassenProgram(w, plan, c, binding);
        const int Temporaries = 4 * StrassenAlgebra.Products;
        long scratch = template.TemporaryAt + (Temporaries * w.Lanes);
        return template.plan.Split
            ? new KernelSource([template.SumPhase(), template.ProductPhase()], template.plan.Blocks * template.products.InputFloats, scratch)
            : new KernelSource([template.FusedPhase()], 0, scratch);
    }

    private (LoopProgram Program, int Units) FusedPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var tile = new LoopVariable("oct");
        ImmutableArray<Statement> body =
        [
            .. OverPositions(position => InputSums(position, 0, plan.ReductionBlocks)),
            new Loop(tile, 0, plan.ChannelBlocks / plan.ChannelTile, 1, LoopKind.Serial, Tile(tile)),
        ];
        return (Program("strassen", begin, end, [new Loop(block, begin, end, 1, LoopKind.Serial, body)]), plan.Units);
    }

    private (LoopProgram Program, int Units) SumPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var first = new LoopVariable("icu");
        ImmutableArray<Statement> body =
        [
            new Let(block, IndexOperation.Divide, unit, plan.ReductionBlocks),
            new Let(first, IndexOperation.Remainder, unit, plan.ReductionBlocks),
            .. OverPositions(position => InputSums(position, first, (Index)first + 1)),
        ];
        return (Program("strassen-sums", begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), plan.Blocks * plan.ReductionBlocks);
    }

    /// <summary>Blocks are innermost, so that a thread uses the weights of a channel tile for all of them.</summary>
    private (LoopProgram Program, int Units) ProductPhase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var tile = new LoopVariable("oct");
        ImmutableArray<Statement> body =
        [
            new Let(block, IndexOperation.Remainder, unit, plan.Blocks),
            new Let(tile, IndexOperation.Divide, unit, plan.Blocks),
            .. Tile(tile),
        ];
        return (Program("strassen-products", begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body)]), plan.Units);
    }

    private ImmutableArray<Statement> Tile(LoopVariable tile) =>
    [
        .. products.Build(tile, (Sums, plan.Split ? (Index)block * products.InputFloats : Index.Zero), W, (Scratch, ProductsAt)),
        .. OverPositions(position => OutputSums(tile, position)),
    ];

    private LoopProgram Program(string name, LoopVariable begin, LoopVariable end, ImmutableArray<Statement> body)
    {
        ImmutableArray<Buffer> buffers = [X, W, Bias, Residual, Y, Shared, Scratch];
        return new LoopProgram($"{name}{plan.Levels}", lanes, buffers, begin, end, body);
    }

    private ImmutableArray<Statement> OverPositions(Func<LoopVariable, ImmutableArray<Statement>> body)
    {
        var first = new LoopVariable("p0");
        var position = new LoopVariable("p");
        return
        [
            new Let(first, IndexOperation.Minimum, (Index)block * plan.Block, plan.Positions - plan.Block),
            new Loop(position, 0, plan.Block, 1, LoopKind.Serial,
            [
                .. Enumerable.Range(0, plan.Parts).Select(
                    part => new Let(rows[part], IndexOperation.Divide, (Index)first + position + plan.StartOf(part), w.OutWidth)),
                .. Enumerable.Range(0, plan.Parts).Select(
                    part => new Let(columns[part], IndexOperation.Remainder, (Index)first + position + plan.StartOf(part), w.OutWidth)),
                .. body(position),
            ]),
        ];
    }

    /// <summary>Loads the parts of one position and channel block, forms the left factors of all products and stores them.</summary>
    private ImmutableArray<Statement> InputSums(LoopVariable position, Index from, Index to)
    {
        var channels = new LoopVariable("icb");
        var body = ImmutableArray.CreateBuilder<Statement>();
        ActivationView view = binding.Input;
        Index target = ((Index)channels * (plan.Block * lanes)) + ((Index)position * lanes);
        if (plan.Split)
        {
            target += (Index)block * products.InputFloats;
        }

        Value Part(int space, int depth) =>
            new Load(X, (Index)view.Origin + (((Index)depth * plan.ReductionBlocks) + channels) * view.Block + At(view, space, w.StrideHeight, w.StrideWidth));
        void Keep(int point, Value value) => body.Add(new Store(Sums, target + (point * products.InputStep), value));
        if (plan.Levels == 1)
        {
            Left(body, (q, k) => Part(q, k), Keep);
        }
        else
        {
            TwoLevels(body, (outer, inner) => Part((2 * (outer / 2)) + (inner / 2), (2 * (outer % 2)) + (inner % 2)), Keep);
        }

        return [new Loop(channels, from, to, 1, LoopKind.Serial, body.ToImmutable())];
    }

    private void TwoLevels(ImmutableArray<Statement>.Builder body, Func<int, int, Value> part, Action<int, Value> keep)
    {
        for (int inner = 0; inner < 4; inner++)
        {
            int i = inner;
            Left(body, (q, k) => part((2 * q) + k, i), (p, value) => body.Add(new Store(Scratch, Temporary(p, i), value)));
        }

        for (int outer = 0; outer < StrassenAlgebra.Products; outer++)
        {
            int p = outer;
            Left(body, (q, k) => new Load(Scratch, Temporary(p, (2 * q) + k)), (point, value) => keep((p * StrassenAlgebra.Products) + point, value));
        }
    }

    /// <summary>S1 = A21 + A22, S2 = S1 - A11, S3 = A11 - A21, S4 = A12 - S2; factors A11, A12, S4, A22, S1, S2, S3.</summary>
    private void Left(ImmutableArray<Statement>.Builder body, Func<int, int, Value> part, Action<int, Value> keep)
    {
        Value A(int i) => new Read(values, [i]);
        for (int i = 0; i < 4; i++)
        {
            body.Add(new Assign(values, [i], part(i / 2, i % 2)));
        }

        body.Add(new Assign(values, [4], Plus(A(2), A(3))));
        body.Add(new Assign(values, [5], Minus(A(4), A(0))));
        keep(0, A(0));
        keep(1, A(1));
        keep(2, Minus(A(1), A(5)));
        keep(3, A(3));
        keep(4, A(4));
        keep(5, A(5));
        keep(6, Minus(A(0), A(2)));
    }

    private ImmutableArray<Statement> OutputSums(LoopVariable tile, LoopVariable position)
    {
        var vector = new LoopVariable("v");
        var body = ImmutableArray.CreateBuilder<Statement>();
        Index channel = ((Index)tile * plan.ChannelTile) + vector;
        Value Product(int point) => new Load(Scratch, products.Product(point, vector, position) + ProductsAt);
        if (plan.Levels == 1)
        {
            Combine(body, Product, (q, n) => Finish(body, q, channel + (n * plan.ChannelBlocks)));
        }
        else
        {
            for (int outer = 0; outer < StrassenAlgebra.Products; outer++)
            {
                int p = outer;
                Combine(
                    body,
                    inner => Product((p * StrassenAlgebra.Products) + inner),
                    (q, n) => body.Add(new Store(Scratch, Temporary(p, (2 * q) + n), new Read(values, [7]))));
            }

            for (int inner = 0; inner < 4; inner++)
            {
                int i = inner;
                Combine(
                    body,
                    outer => new Load(Scratch, Temporary(outer, i)),
                    (q, n) => Finish(body, (2 * q) + (i / 2), channel + (((2 * n) + (i % 2)) * plan.ChannelBlocks)));
            }
        }

        return [new Loop(vector, 0, plan.ChannelTile, 1, LoopKind.Serial, body.ToImmutable())];
    }

    /// <summary>
    /// C11 = P1 + P2, U2 = P1 + P6, U3 = U2 + P7, U4 = U2 + P5, C12 = U4 + P3, C21 = U3 - P4, C22 = U3 + P5; each result is left in register 7.
    /// </summary>
    private void Combine(ImmutableArray<Statement>.Builder body, Func<int, Value> product, Action<int, int> result)
    {
        Value R(int i) => new Read(values, [i]);
        void Give(int q, int n, Value value)
        {
            body.Add(new Assign(values, [7], value));
            result(q, n);
        }

        body.Add(new Assign(values, [0], product(0)));
        body.Add(new Assign(values, [4], product(4)));
        body.Add(new Assign(values, [1], Plus(R(0), product(5))));
        body.Add(new Assign(values, [2], Plus(R(1), product(6))));
        Give(0, 0, Plus(R(0), product(1)));
        Give(0, 1, Plus(Plus(R(1), R(4)), product(2)));
        Give(1, 0, Minus(R(2), product(3)));
        Give(1, 1, Plus(R(2), R(4)));
    }

    /// <summary>Epilogue and store of register 7; nothing for the block that the output does not have.</summary>
    private void Finish(ImmutableArray<Statement>.Builder body, int part, Index channel)
    {
        ImmutableArray<Statement> store = Store(part, channel);
        if (plan.HasMissingBlock)
        {
            body.Add(new When(channel, Comparison.Equal, plan.OutputBlocks, [], store));
        }
        else
        {
            body.AddRange(store);
        }
    }

    private ImmutableArray<Statement> Store(int part, Index channel)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        ImmutableArray<Index> result = [7];
        Index Place(ActivationView view) => (Index)view.Origin + (channel * view.Block) + At(view, part, 1, 1);
        if (binding.Epilogue.HasBias)
        {
            body.Add(new Assign(values, result, Plus(new Read(values, result), new Load(Bias, channel * lanes))));
        }

        if (binding.Epilogue.HasResidual)
        {
            body.Add(new Assign(values, result, Plus(new Read(values, result), new Load(Residual, Place(binding.Residual)))));
        }

        Activations.Append(body, values, result, binding.Epilogue, new RegisterTile("s", 1));
        body.Add(new Store(Y, Place(binding.Output), new Read(values, result)));
        return body.ToImmutable();
    }

    /// <summary>Offset of the position in one part of the image.</summary>
    private Index At(ActivationView view, int part, int strideHeight, int strideWidth) =>
        ((Index)rows[part] * (strideHeight * view.Row)) + ((Index)columns[part] * (strideWidth * view.Pixel));

    private Index Temporary(int point, int inner) => TemporaryAt + (((point * 4) + inner) * lanes);

    private static Binary Plus(Value a, Value b) => new(BinaryOperation.Add, a, b);

    private static Binary Minus(Value a, Value b) => new(BinaryOperation.Subtract, a, b);
}
