using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Direct;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>
/// A convolution or matrix product as products of matrices in registers of their own: on the left pixels x input channels, straight from the image, on the
/// right input channels x output channels, as they are packed. Sums of several tiles are kept over the whole reduction, then stored to scratch, from where
/// vectors of channels are finished one after the other. Buffers: 0 input, 1 packed weights, 2 numbers of the sums, 3 residual, 4 output, and scratch.
/// </summary>
internal abstract class TileProgram
{
    private readonly NarrowWorkload w;
    private readonly KernelSignature binding;
    private readonly TileProducts products;
    private readonly TilePlan plan;
    private readonly BlockNest nest;
    private readonly ActivationView inputs;
    private readonly Buffer input = X with { Element = DataType.Int32 };
    private readonly Buffer packed = W with { Element = DataType.Int32 };
    private readonly Buffer stored = Scratch with { Element = DataType.Int32 };

    // Words of the input that follow each other in memory and are multiplied one after the other, and how many of them a tile takes.
    private readonly int run;
    private readonly int depth;

    /// <summary>Prepares the program of a configuration.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="c">Configuration.</param>
    /// <param name="binding">Views and epilogue.</param>
    /// <param name="products">What words hold.</param>
    protected TileProgram(NarrowWorkload w, Configuration c, KernelSignature binding, TileProducts products)
    {
        this.w = w;
        this.binding = binding;
        this.products = products;
        plan = new TilePlan(w, c);
        nest = new BlockNest(w, plan.Blocks, c);
        inputs = binding.Input.Over(w.ChannelsAtOnce);
        run = w.DilationWidth == 1 && inputs.Pixel == plan.Groups ? w.KernelWidth * plan.Groups : plan.Groups;
        depth = TilePlan.Depth(run);
        Sums = products == TileProducts.Bytes ? stored : Scratch;
    }

    /// <summary>Sums, as they are after the reduction.</summary>
    protected Buffer Sums { get; }

    /// <summary>What the residual is read as.</summary>
    protected abstract Buffer Added { get; }

    /// <summary>Where the output goes.</summary>
    protected abstract Buffer Target { get; }

    /// <summary>Appends what becomes of a vector of sums.</summary>
    /// <param name="body">What is appended to.</param>
    /// <param name="sums">Where the sums are.</param>
    /// <param name="channel">First channel of the vector.</param>
    /// <param name="offset">Where it is stored.</param>
    /// <param name="residual">Where the residual is; not read without.</param>
    protected abstract void Finish(ImmutableArray<Statement>.Builder body, Index sums, Index channel, Index offset, Index residual);

    /// <summary>The kernel.</summary>
    protected KernelSource Source()
    {
        LoopProgram program = nest.Program(
            [input, packed, Bias, Added, Target, Sums],
            (channels, rows, rowEnd) => nest.Tiles(channels, rows, rowEnd, Tile()));
        return new KernelSource([(program, plan.Blocks.Units)], 0, plan.ScratchWords);
    }

    private ImmutableArray<Statement> Tile()
    {
        MatrixTile[][] sums = [.. Pixels().Select((_, p) => Channels(v => new MatrixTile($"c{p}{v}", plan.Pixels, MatrixTile.MaxWords)))];
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.AddRange(sums.SelectMany(row => row.Select(Begin)));
        body.AddRange(Reduction(sums));
        int number = 0;
        foreach (MatrixTile tile in sums.SelectMany(row => row))
        {
            body.Add(new TileStore(stored, number++ * plan.Pixels * MatrixTile.MaxWords, MatrixTile.MaxWords, tile));
        }

        var pixel = new LoopVariable("p");
        var finish = ImmutableArray.CreateBuilder<Statement>();
        number = 0;
        foreach ((int row, int column) in Pixels())
        {
            for (int v = 0; v < plan.ChannelTiles; v++)
            {
                Index at = ((Index)pixel * MatrixTile.MaxWords) + (number++ * plan.Pixels * MatrixTile.MaxWords);
                Index place = (Index)pixel + (column * plan.Pixels);
                Finish(
                    finish, at, nest.ChannelOf(v), nest.Output(binding.Output, v, row, place), nest.Output(binding.Residual, v, row, place));
            }
        }

        body.Add(new Loop(pixel, 0, plan.Pixels, 1, LoopKind.Serial, finish.ToImmutable()));
        return body.ToImmutable();
    }

    // Every row begins with the numbers that the channels' sums start with.
    private Statement Begin(MatrixTile sums, int v) =>
        products == TileProducts.Bytes || binding.Epilogue.HasBias
            ? new TileLoad(sums, Bias with { Element = DataType.Int32 }, nest.ChannelOf(v), 0)
            : new TileZero(sums);

    // Over rows and columns of the kernel and, in steps of a tile, the channels; columns and channels are one run where they follow each other in memory.
    private ImmutableArray<Statement> Reduction(MatrixTile[][] sums)
    {
        var kh = new LoopVariable("kh");
        var kw = new LoopVariable("kw");
        var step = new LoopVariable("ic");
        int runs = w.KernelWidth * plan.Groups / run;
        Index word = ((Index)kh * (w.KernelWidth * plan.Groups)) + ((Index)kw * run) + ((Index)step * depth);
        long padding = (w.Padding.Top * inputs.Row) + (w.Padding.Left * inputs.Pixel);
        Index from = nest.GroupOrigin(inputs, w.InChannels) + -padding + ((Index)kh * (w.DilationHeight * inputs.Row))
            + ((Index)kw * (w.DilationWidth * inputs.Pixel)) + ((Index)step * depth);
        ImmutableArray<Statement> body = Products(sums, word, from);
        return
        [
            new Loop(kh, 0, w.KernelHeight, 1, LoopKind.Serial, [
                new Loop(kw, 0, runs, 1, LoopKind.Serial, [new Loop(step, 0, run / depth, 1, LoopKind.Serial, body)])]),
        ];
    }

    // The smaller side is held, the other one passes through a tile.
    private ImmutableArray<Statement> Products(MatrixTile[][] sums, Index word, Index from)
    {
        (int Row, int Column)[] pixels = [.. Pixels()];
        bool holdsChannels = plan.ChannelTiles <= pixels.Length;
        MatrixTile[] left = holdsChannels
            ? [.. Enumerable.Repeat(new MatrixTile("a", plan.Pixels, depth), pixels.Length)]
            : [.. pixels.Select((_, p) => new MatrixTile($"a{p}", plan.Pixels, depth))];
        MatrixTile[] right = holdsChannels
            ? Channels(v => new MatrixTile($"b{v}", depth, MatrixTile.MaxWords))
            : [.. Enumerable.Repeat(new MatrixTile("b", depth, MatrixTile.MaxWords), plan.ChannelTiles)];
        Statement[] fromImage = [.. pixels.Select((at, p) => new TileLoad(
            left[p],
            input,
            from + (((Index)nest.Row + at.Row) * (w.StrideHeight * inputs.Row))
                + (((Index)nest.Column + (at.Column * plan.Pixels)) * (w.StrideWidth * inputs.Pixel)),
            w.StrideWidth * inputs.Pixel))];
        long vector = (long)w.KernelHeight * w.KernelWidth * plan.Groups * MatrixTile.MaxWords;
        Statement[] fromWeights = [.. right.Select((tile, v) => new TileLoad(
            tile,
            packed,
            ((Index)nest.Tile * (plan.ChannelTiles * vector)) + (v * vector) + (word * MatrixTile.MaxWords),
            MatrixTile.MaxWords))];
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.AddRange(holdsChannels ? fromWeights : fromImage);
        Statement[] passing = holdsChannels ? fromImage : fromWeights;
        for (int i = 0; i < passing.Length; i++)
        {
            body.Add(passing[i]);
            for (int j = 0; j < (holdsChannels ? right.Length : left.Length); j++)
            {
                (int p, int v) = holdsChannels ? (i, j) : (j, i);
                body.Add(new TileMultiply(sums[p][v], left[p], right[v], products));
            }
        }

        return body.ToImmutable();
    }

    private IEnumerable<(int Row, int Column)> Pixels() =>
        from row in Enumerable.Range(0, plan.TileRows) from column in Enumerable.Range(0, plan.TileColumns) select (row, column);

    private MatrixTile[] Channels(Func<int, MatrixTile> make) => [.. Enumerable.Range(0, plan.ChannelTiles).Select(make)];
}
