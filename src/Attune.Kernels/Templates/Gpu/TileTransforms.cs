using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Winograd;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// What a lane does with an image tile of a Winograd convolution: transform its input, and transform its products back and store the outputs. Tiles that reach
/// past the edge read zeros there and store only what exists.
/// </summary>
/// <param name="grid">The tiles.</param>
/// <param name="binding">Where the operands lie.</param>
internal sealed class TileTransforms(TileGrid grid, KernelSignature binding)
{
    private readonly ConvolutionWorkload w = grid.Workload;
    private readonly GpuOutput output = new(binding);
    private readonly RegisterTile d = new("d", grid.Inputs);
    private readonly RegisterTile half = new("h", grid.Inputs, grid.Inputs);
    private readonly RegisterTile scratch = new("t", 4);
    private readonly RegisterTile total = new("y", 1);

    /// <summary>Binds where a tile lies.</summary>
    /// <param name="number">Number of the tile.</param>
    /// <param name="place">Its image, and its row and column among the tiles.</param>
    public ImmutableArray<Statement> Decoded(Index number, out (Index Image, Index Row, Index Column) place)
    {
        var (column, rest, row, image) = (new LoopVariable("px"), new LoopVariable("rest"), new LoopVariable("py"), new LoopVariable("n"));
        place = (image, row, column);
        return
        [
            new Let(column, IndexOperation.Remainder, number, grid.Columns),
            new Let(rest, IndexOperation.Divide, number, grid.Columns),
            new Let(row, IndexOperation.Remainder, rest, grid.Rows),
            new Let(image, IndexOperation.Divide, rest, grid.Rows),
        ];
    }

    /// <summary>Transforms the input of a tile.</summary>
    /// <param name="place">The tile.</param>
    /// <param name="channel">Input channel.</param>
    /// <param name="keep">What is done with each point.</param>
    public ImmutableArray<Statement> Input((Index Image, Index Row, Index Column) place, Index channel, Func<int, Value, Statement> keep)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int j = 0; j < grid.Inputs; j++)
        {
            for (int i = 0; i < grid.Inputs; i++)
            {
                body.AddRange(Pixel(place, channel, i, j));
            }

            ImmutableArray<Value> values = WinogradTransform.Input(grid.Inputs, 1, d, scratch, body);
            body.AddRange(values.Select((value, i) => new Assign(half, [i, j], value)));
        }

        for (int i = 0; i < grid.Inputs; i++)
        {
            body.AddRange(Line(i));
            ImmutableArray<Value> values = WinogradTransform.Input(grid.Inputs, 1, d, scratch, body);
            body.AddRange(values.Select((value, j) => keep((i * grid.Inputs) + j, value)));
        }

        return body.ToImmutable();
    }

    /// <summary>Transforms the products of a tile back, finishes the outputs and stores them.</summary>
    /// <param name="place">The tile.</param>
    /// <param name="channel">Output channel.</param>
    /// <param name="product">The product of each point.</param>
    public ImmutableArray<Statement> Output((Index Image, Index Row, Index Column) place, Index channel, Func<int, Value> product)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        for (int j = 0; j < grid.Inputs; j++)
        {
            body.AddRange(Enumerable.Range(0, grid.Inputs).Select(i => new Assign(d, [i], product((i * grid.Inputs) + j))));
            ImmutableArray<Value> values = WinogradTransform.Output(grid.Outputs, grid.Inputs, 1, d, scratch, body);
            body.AddRange(values.Select((value, i) => new Assign(half, [i, j], value)));
        }

        for (int i = 0; i < grid.Outputs; i++)
        {
            body.AddRange(Line(i));
            ImmutableArray<Value> values = WinogradTransform.Output(grid.Outputs, grid.Inputs, 1, d, scratch, body);
            for (int j = 0; j < values.Length; j++)
            {
                (Index row, Index column) = ((place.Row * grid.Outputs) + i, (place.Column * grid.Outputs) + j);
                ImmutableArray<Statement> end =
                [
                    new Assign(total, [0], values[j]),
                    .. output.AddBias(total, [0], channel),
                    .. output.Store(total, [0], place.Image, channel, row, column),
                ];
                body.AddRange(Before(row, (grid.Rows, i), w.OutHeight, Before(column, (grid.Columns, j), w.OutWidth, end, []), []));
            }
        }

        return body.ToImmutable();
    }

    private IEnumerable<Statement> Line(int i) => Enumerable.Range(0, grid.Inputs).Select(j => new Assign(d, [j], new Read(half, [i, j])));

    /// <summary>Loads the element of a tile in a row and a column; zero where the padded image has ended.</summary>
    private ImmutableArray<Statement> Pixel((Index Image, Index Row, Index Column) place, Index channel, int i, int j)
    {
        (Index row, Index column) = ((place.Row * grid.Outputs) + i, (place.Column * grid.Outputs) + j);
        Index from = GpuOutput.Place(binding.Input, place.Image, channel, row - w.Padding.Top, column - w.Padding.Left);
        ImmutableArray<Statement> load = [new Assign(d, [i], new Load(X, from))];
        ImmutableArray<Statement> zero = [new Assign(d, [i], new Constant(0))];
        int rows = w.Padding.Top + w.Height + w.Padding.Bottom;
        int columns = w.Padding.Left + w.Width + w.Padding.Right;
        return Before(row, (grid.Rows, i), rows, Before(column, (grid.Columns, j), columns, load, zero), zero);
    }

    // The check is made only where the last tile fails it.
    private ImmutableArray<Statement> Before(
        Index place, (int Tiles, int Within) axis, int end, ImmutableArray<Statement> body, ImmutableArray<Statement> otherwise) =>
        ((axis.Tiles - 1) * grid.Outputs) + axis.Within < end ? body : [new When(place, Comparison.Less, end, body, otherwise)];
}
