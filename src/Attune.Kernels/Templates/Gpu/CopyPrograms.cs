using System.Collections.Immutable;
using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Kernels that move elements or write zeros, one lane per element: what lies between the kernels of operators when values stay on a device.</summary>
internal static class CopyPrograms
{
    private const int Lanes = 64;

    /// <summary>
    /// A copy: the element at place p of the extents goes from FromOrigin + p · FromSteps to ToOrigin + p · ToSteps. From buffer 0 to buffer 4.
    /// </summary>
    /// <param name="extents">Extents, outermost first; at least one.</param>
    /// <param name="from">First element, and steps from place to place.</param>
    /// <param name="to">Where the first element goes, and steps from place to place.</param>
    public static KernelSource Strided(ReadOnlySpan<int> extents, (long Origin, long[] Steps) from, (long Origin, long[] Steps) to)
    {
        int[] all = extents.ToArray();
        LoopVariable[] places = [.. all.Select((_, axis) => new LoopVariable($"i{axis}"))];
        return Each("copy", all.Aggregate(1L, (product, extent) => checked(product * extent)), at =>
        {
            // The innermost axis varies fastest, so that lanes side by side move elements side by side.
            var body = ImmutableArray.CreateBuilder<Statement>();
            Index rest = at;
            Index source = from.Origin;
            Index target = to.Origin;
            for (int axis = all.Length - 1; axis >= 0; axis--)
            {
                var outer = new LoopVariable("rest");
                body.Add(new Let(places[axis], IndexOperation.Remainder, rest, all[axis]));
                body.Add(new Let(outer, IndexOperation.Divide, rest, all[axis]));
                rest = outer;
                source += (Index)places[axis] * from.Steps[axis];
                target += (Index)places[axis] * to.Steps[axis];
            }

            body.Add(new Store(Y, target, new Load(X, source)));
            return body.ToImmutable();
        });
    }

    /// <summary>Zeros around every image of buffer 4.</summary>
    /// <param name="view">Where the images lie.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels of each.</param>
    /// <param name="rows">Rows, without the halo.</param>
    /// <param name="columns">Columns, without the halo.</param>
    /// <param name="halo">Rows and columns of zeros; not empty.</param>
    /// <param name="channelStep">From one channel to the next.</param>
    public static KernelSource Halo(ActivationView view, int images, int channels, int rows, int columns, Halo halo, long channelStep)
    {
        int width = halo.Left + columns + halo.Right;
        int top = halo.Top * width;
        int bottom = halo.Bottom * width;
        int sides = halo.Left + halo.Right;
        int border = top + bottom + (rows * sides);
        var (place, plane, image, channel) = (new LoopVariable("p"), new LoopVariable("plane"), new LoopVariable("n"), new LoopVariable("c"));
        Index origin = (Index)view.Origin + ((Index)image * view.Batch) + ((Index)channel * channelStep) - ((halo.Top * view.Row) + (halo.Left * view.Pixel));
        ImmutableArray<Statement> Lines(Index first, int firstRow)
        {
            var (row, column) = (new LoopVariable("r"), new LoopVariable("s"));
            return
            [
                new Let(row, IndexOperation.Divide, first, width),
                new Let(column, IndexOperation.Remainder, first, width),
                new Store(Y, origin + (((Index)row + firstRow) * view.Row) + ((Index)column * view.Pixel), new Constant(0)),
            ];
        }

        // Columns of the left side come first, those of the right side behind them.
        ImmutableArray<Statement> side = [];
        if (sides > 0)
        {
            var (row, column) = (new LoopVariable("r"), new LoopVariable("s"));
            Index line = origin + (((Index)row + halo.Top) * view.Row);
            side =
            [
                new Let(row, IndexOperation.Divide, (Index)place - (top + bottom), sides),
                new Let(column, IndexOperation.Remainder, (Index)place - (top + bottom), sides),
                new When(
                    column, Comparison.Less, halo.Left,
                    [new Store(Y, line + ((Index)column * view.Pixel), new Constant(0))],
                    [new Store(Y, line + (((Index)column + columns) * view.Pixel), new Constant(0))]),
            ];
        }

        ImmutableArray<Statement> body =
        [
            new When(
                place, Comparison.Less, top,
                Lines(place, 0),
                [new When(place, Comparison.Less, top + bottom, Lines((Index)place - top, halo.Top + rows), side)]),
        ];
        return Each(
            "halo",
            (long)images * channels * border,
            at =>
            [
                new Let(place, IndexOperation.Remainder, at, border),
                new Let(plane, IndexOperation.Divide, at, border),
                new Let(channel, IndexOperation.Remainder, plane, channels),
                new Let(image, IndexOperation.Divide, plane, channels),
                .. body,
            ]);
    }

    private static KernelSource Each(string name, long count, Func<Index, ImmutableArray<Statement>> one) =>
        KernelSource.Of((ElementGrid.Program(name, [X, Y], count, Lanes, one), 1));
}
