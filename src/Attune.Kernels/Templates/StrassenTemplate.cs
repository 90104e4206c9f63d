using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// Pointwise convolution by Strassen's algorithm, one or two levels: 12 or 23 % fewer multiplications for a few additions per element, which pay from some
/// 64 channels on. Sums of input parts are formed block by block in the cache, sums of weights once when they are packed. A work unit is a block of positions.
/// Buffers: 0 input, 1 packed weights, 2 bias, 3 residual, 4 output, 6 scratch of the thread.
/// </summary>
internal sealed class StrassenTemplate
{
    private readonly ConvolutionWorkload w;
    private readonly StrassenPlan plan;
    private readonly KernelBinding binding;
    private readonly BatchedProducts products;
    private readonly int lanes;
    private readonly LoopVariable block = new("b");
    private readonly LoopVariable row = new("oh");
    private readonly LoopVariable column = new("ow");
    private readonly RegisterTile values = new("a", 16);

    private StrassenTemplate(ConvolutionWorkload w, Configuration c, KernelBinding binding)
    {
        this.w = w;
        this.binding = binding;
        plan = new StrassenPlan(w, c);
        lanes = w.Lanes;
        products = new BatchedProducts(plan.Points, plan.ReductionBlocks, plan.Register, plan.RegistersPerBlock, plan.ChannelTile, plan.Unroll, c.Value("prefetch"), lanes);
    }

    private long ProductsAt => products.InputFloats;

    private long TemporaryAt => ProductsAt + products.ProductFloats;

    public static KernelSource Build(ConvolutionWorkload w, Configuration c, KernelBinding binding)
    {
        var template = new StrassenTemplate(w, c, binding);
        const int Temporaries = 4 * StrassenAlgebra.Products;
        return new KernelSource([template.Phase()], 0, template.TemporaryAt + (Temporaries * w.Lanes));
    }

    private (LoopProgram Program, int Units) Phase()
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var tile = new LoopVariable("oct");
        ImmutableArray<Statement> body =
        [
            .. OverPositions(InputSums),
            new Loop(tile, 0, plan.ChannelBlocks / plan.ChannelTile, 1, false,
                [.. products.Build(tile, (Scratch, 0), W, (Scratch, ProductsAt)), .. OverPositions(position => OutputSums(tile, position))]),
        ];
        ImmutableArray<Buffer> buffers = [X, W, Bias, Residual, Y, Shared, Scratch];
        var program = new LoopProgram($"strassen{plan.Levels}", lanes, buffers, begin, end, [new Loop(block, begin, end, 1, false, body)]);
        return (program, plan.Blocks);
    }

    private ImmutableArray<Statement> OverPositions(Func<LoopVariable, ImmutableArray<Statement>> body)
    {
        var first = new LoopVariable("p0");
        var position = new LoopVariable("p");
        return
        [
            new Let(first, IndexOperation.Minimum, (Index)block * plan.Block, plan.Positions - plan.Block),
            new Loop(position, 0, plan.Block, 1, false,
            [
                new Let(row, IndexOperation.Divide, (Index)first + position, plan.Columns),
                new Let(column, IndexOperation.Remainder, (Index)first + position, plan.Columns),
                .. body(position),
            ]),
        ];
    }

    /// <summary>Loads the parts of one position and channel block, forms the left factors of all products and stores them.</summary>
    private ImmutableArray<Statement> InputSums(LoopVariable position)
    {
        var channels = new LoopVariable("icb");
        var body = ImmutableArray.CreateBuilder<Statement>();
        ActivationView view = binding.Input;
        Index target = ((Index)channels * (plan.Block * lanes)) + ((Index)position * lanes);
        Value Part(int space, int depth) => new Load(X, (Index)view.Origin + (((Index)depth * plan.ReductionBlocks) + channels) * view.Block + At(view, space, w.StrideHeight, w.StrideWidth));
        void Keep(int point, Value value) => body.Add(new Store(Scratch, target + (point * products.InputStep), value));
        if (plan.Levels == 1)
        {
            Left(body, (q, k) => Part(q, k), Keep);
        }
        else
        {
            TwoLevels(body, (outer, inner) => Part((2 * (outer / 2)) + (inner / 2), (2 * (outer % 2)) + (inner % 2)), Keep);
        }

        return [new Loop(channels, 0, plan.ReductionBlocks, 1, false, body.ToImmutable())];
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
                Combine(body, inner => Product((p * StrassenAlgebra.Products) + inner), (q, n) => body.Add(new Store(Scratch, Temporary(p, (2 * q) + n), new Read(values, [7]))));
            }

            for (int inner = 0; inner < 4; inner++)
            {
                int i = inner;
                Combine(body, outer => new Load(Scratch, Temporary(outer, i)), (q, n) => Finish(body, (2 * q) + (i / 2), channel + (((2 * n) + (i % 2)) * plan.ChannelBlocks)));
            }
        }

        return [new Loop(vector, 0, plan.ChannelTile, 1, false, body.ToImmutable())];
    }

    /// <summary>C11 = P1 + P2, U2 = P1 + P6, U3 = U2 + P7, U4 = U2 + P5, C12 = U4 + P3, C21 = U3 - P4, C22 = U3 + P5; each result is left in register 7.</summary>
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
            body.Add(new WhenEqual(channel, plan.OutputBlocks, [], store));
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
    private Index At(ActivationView view, int part, int strideHeight, int strideWidth)
    {
        int start = plan.StartOf(part);
        Index rows = (Index)row + (plan.ByRows ? start : 0);
        Index columns = (Index)column + (plan.ByRows ? 0 : start);
        return (rows * (strideHeight * view.Row)) + (columns * (strideWidth * view.Pixel));
    }

    private Index Temporary(int point, int inner) => TemporaryAt + (((point * 4) + inner) * lanes);

    private static Binary Plus(Value a, Value b) => new(BinaryOperation.Add, a, b);

    private static Binary Minus(Value a, Value b) => new(BinaryOperation.Subtract, a, b);
}
