using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// The common core of the algorithms that trade multiplications for additions: for every point, products[point] = transformed input x transformed weights,
/// register tile by register tile. Transformed input is [point][channel block][position][lane], weights [channel tile][point][channel][lane of the tile],
/// products [point][vector of the tile][position][lane].
/// </summary>
/// <param name="Points">Products per position.</param>
/// <param name="ReductionBlocks">Channel blocks summed over.</param>
/// <param name="Register">Positions in the register tile.</param>
/// <param name="RegistersPerBlock">Register tiles in a block of positions.</param>
/// <param name="ChannelTile">Vectors of output channels in the register tile.</param>
/// <param name="Unroll">Channels per step.</param>
/// <param name="Prefetch">Channels by which weights are fetched ahead; 0 for none.</param>
/// <param name="Lanes">Floats per vector.</param>
internal sealed record BatchedProducts(
    int Points, int ReductionBlocks, int Register, int RegistersPerBlock, int ChannelTile, int Unroll, int Prefetch, int Lanes)
{
    /// <summary>Points are pairs of this many; 0 when they are a plain list.</summary>
    public int Side { get; init; }

    /// <summary>Different weights per element of such a pair: elements from the last one on share it. 0 when every point has weights of its own.</summary>
    public int WeightSide { get; init; }

    private bool SharesWeights => WeightSide < Side;

    /// <summary>Positions in a block.</summary>
    public int Block => Register * RegistersPerBlock;

    /// <summary>Transformed input of one block, floats.</summary>
    public long InputFloats => (long)Points * ReductionBlocks * Lanes * Block;

    /// <summary>Products of one block and channel tile, floats.</summary>
    public long ProductFloats => (long)Points * ChannelTile * Block * Lanes;

    /// <summary>Step from one point to the next in the transformed input.</summary>
    public long InputStep => (long)ReductionBlocks * Lanes * Block;

    /// <summary>Offset of a product.</summary>
    public Index Product(Index point, Index vector, Index position) =>
        (point * ((long)ChannelTile * Block * Lanes)) + (vector * (Block * Lanes)) + (position * Lanes);

    /// <summary>The loops over points, register tiles and channels.</summary>
    /// <param name="tile">Channel tile.</param>
    /// <param name="input">Buffer and offset of the block's transformed input.</param>
    /// <param name="weights">Buffer of the weights.</param>
    /// <param name="products">Buffer and offset of the products.</param>
    public ImmutableArray<Statement> Build(LoopVariable tile, (Buffer Buffer, Index Offset) input, Buffer weights, (Buffer Buffer, Index Offset) products)
    {
        var point = new LoopVariable("pt");
        var register = new LoopVariable("pr");
        var channels = new LoopVariable("icb");
        var lane = new LoopVariable("ic");
        var step = new LoopVariable("k");
        var sums = new RegisterTile("acc", Register, ChannelTile);
        var held = new RegisterTile("w", ChannelTile);
        var pixel = new RegisterTile("a", 1);
        int width = ChannelTile * Lanes;
        long pointWeights = (long)ReductionBlocks * Lanes * width;
        var weightRow = new LoopVariable("wr");
        var weightColumn = new LoopVariable("wc");
        int weightPoints = SharesWeights ? WeightSide * WeightSide : Points;
        Index weightPoint = SharesWeights ? ((Index)weightRow * WeightSide) + weightColumn : point;
        Index weight = ((Index)tile * (weightPoints * pointWeights)) + (weightPoint * pointWeights) + ((((Index)channels * Lanes) + lane + step) * width);
        Index from = input.Offset + ((Index)point * InputStep) + ((Index)channels * (Block * Lanes)) + ((Index)register * (Register * Lanes)) + lane + step;
        var update = ImmutableArray.CreateBuilder<Statement>();
        bool holdWeights = ChannelTile <= Register;
        for (int v = 0; v < ChannelTile; v++)
        {
            if (Prefetch > 0)
            {
                update.Add(new Prefetch(weights, weight + (((long)Prefetch * width) + (v * Lanes))));
            }

            if (holdWeights)
            {
                update.Add(new Assign(held, [v], new Load(weights, weight + (v * Lanes))));
            }
        }

        for (int p = 0; p < Register; p++)
        {
            Value a = new Broadcast(input.Buffer, from + (p * Lanes));
            if (ChannelTile > 1)
            {
                update.Add(new Assign(pixel, [0], a));
                a = new Read(pixel, [0]);
            }

            for (int v = 0; v < ChannelTile; v++)
            {
                Value b = holdWeights ? new Read(held, [v]) : new Load(weights, weight + (v * Lanes));
                update.Add(new Assign(sums, [p, v], new MultiplyAdd(a, b, new Read(sums, [p, v]))));
            }
        }

        var body = ImmutableArray.CreateBuilder<Statement>();
        ForEach((p, v) => body.Add(new Assign(sums, [p, v], new Constant(0))));
        ImmutableArray<Statement> overLanes = [new Loop(
            lane, 0, Lanes, Unroll, LoopKind.Serial, [new Loop(step, 0, Unroll, 1, LoopKind.Unrolled, update.ToImmutable())])];
        body.Add(new Loop(channels, 0, ReductionBlocks, 1, LoopKind.Serial, overLanes));
        ForEach((p, v) => body.Add(new Store(products.Buffer, products.Offset + Product(point, v, ((Index)register * Register) + p), new Read(sums, [p, v]))));
        var overRegisters = new Loop(register, 0, RegistersPerBlock, 1, LoopKind.Serial, body.ToImmutable());
        if (!SharesWeights)
        {
            return [new Loop(point, 0, Points, 1, LoopKind.Serial, [overRegisters])];
        }

        var row = new LoopVariable("pi");
        var column = new LoopVariable("pj");
        ImmutableArray<Statement> overColumns =
        [
            new Let(weightColumn, IndexOperation.Minimum, column, WeightSide - 1),
            new Let(point, IndexOperation.Minimum, ((Index)row * Side) + column, Points - 1),
            overRegisters,
        ];
        return
        [
            new Loop(row, 0, Side, 1, LoopKind.Serial,
            [
                new Let(weightRow, IndexOperation.Minimum, row, WeightSide - 1),
                new Loop(column, 0, Side, 1, LoopKind.Serial, overColumns),
            ]),
        ];
    }

    private void ForEach(Action<int, int> make)
    {
        for (int p = 0; p < Register; p++)
        {
            for (int v = 0; v < ChannelTile; v++)
            {
                make(p, v);
            }
        }
    }
}
