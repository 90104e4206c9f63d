using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Gpu.Staged;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A convolution as a matrix product whose right operand is never written down: what stands at a depth and a position of the output is read from the image, by
/// channel, kernel row and kernel column. The halo of the input holds zeros, so there is no border code but for tiles past the end of the result. Weights lie
/// channel group by channel group, depth by depth, output channels side by side.
/// </summary>
internal sealed class GemmProgram
{
    private readonly ConvolutionWorkload w;
    private readonly GemmPlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly GemmPlaces places;
    private readonly GpuWeights stored;
    private readonly int together;
    private readonly LoopVariable chunk = new("bz");
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable bx = new("bx");

    private GemmProgram(ConvolutionWorkload w, GemmPlan plan, KernelSignature binding)
    {
        (this.w, this.plan, this.binding) = (w, plan, binding);
        output = new GpuOutput(binding);
        stored = new GpuWeights(w);
        places = new GemmPlaces(w, binding, output.Views);
        together = plan.Shape.HasColumnFours && Four.Divides(plan.Extent.Columns) && places.HasOutputFours ? Four.Width : 1;
    }

    /// <summary>The program of a plan.</summary>
    public static LoopProgram Build(ConvolutionWorkload w, GemmPlan plan, KernelSignature binding) => new GemmProgram(w, plan, binding).Program();

    private LoopProgram Program()
    {
        StagedShape shape = plan.Shape;
        var rows = new StagedAxis(shape.Rows, (Index)by * shape.Rows.Tile, plan.Extent.Rows);
        var columns = new StagedAxis(shape.Columns, (Index)bx * shape.Columns.Tile, plan.Extent.Columns);
        var weights = new StagedOperand(stored.Elements, channel => channel, depth => (((Index)chunk * plan.Extent.Depth) + depth) * w.GroupOutChannels)
        {
            HasFours = !stored.IsNarrow && Four.Divides(w.GroupOutChannels),
            Factor = stored.Factor,
        };
        var image = new StagedOperand(X, Window, Tap) { HasFours = places.HasInputFours };
        StagedProduct product = w.IsDense
            ? new StagedProduct(shape, (rows, image), (columns, weights), plan.Extent.Depth)
            : new StagedProduct(shape, (rows, weights), (columns, image), plan.Extent.Depth);
        Statement lanes = product.Lanes(w.IsDense ? OfChannel : OfPosition, together);
        Statement grid = Bound(chunk, plan.Extent.Count, 2, Bound(by, plan.RowGroups, 1, Bound(bx, plan.ColumnGroups, 0, lanes)));
        return new LoopProgram(w.Key, 1, [X, .. stored.Buffers, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = product.GroupMemory,
        };
    }

    private (ImmutableArray<Statement> Bindings, StagedProduct.Finish Finish) OfPosition(Index position)
    {
        var (bindings, image, row, column) = places.OfOutput(position);
        return (bindings, (sums, at, channel) => Finish(sums, at, image, channel, row, column));
    }

    private (ImmutableArray<Statement> Bindings, StagedProduct.Finish Finish) OfChannel(Index channel) =>
        ([], (sums, at, position) =>
        {
            var (bindings, image, row, column) = places.OfOutput(position);
            return [.. bindings, .. Finish(sums, at, image, channel, row, column)];
        }
    );

    private ImmutableArray<Statement> Finish(RegisterTile sums, ImmutableArray<Index> at, Index image, Index channel, Index row, Index column)
    {
        Index whole = ((Index)chunk * w.GroupOutChannels) + channel;
        return together == 1
            ? [.. Biased(sums, at, whole), .. output.Store(sums, at, image, whole, row, column)]
            : [
                .. Four.From(at).SelectMany((one, number) => Biased(sums, one, w.IsDense ? whole + number : whole)),
                .. output.StoreFour(sums, at, image, whole, row, column),
            ];
    }

    private ImmutableArray<Statement> Biased(RegisterTile sums, ImmutableArray<Index> at, Index channel) =>
        [.. stored.Scale(sums, at, channel), .. output.AddBias(sums, at, channel)];

    /// <summary>Where the part of the image begins that a position of the output reads.</summary>
    private AddressPart Window(Index position)
    {
        ActivationView view = binding.Input;
        if (places.IsFlat(view) && places.IsPointwise)
        {
            return (Index)view.Origin + (position * view.Pixel);
        }

        var (bindings, image, row, column) = places.Decoded(position);
        Index y = (row * w.StrideHeight) - w.Padding.Top;
        Index x = (column * w.StrideWidth) - w.Padding.Left;
        return new AddressPart(bindings, GpuOutput.Place(view, image, 0, y, x));
    }

    /// <summary>Where in that part a depth reads: channel, kernel row and kernel column.</summary>
    private AddressPart Tap(Index depth)
    {
        ActivationView view = binding.Input;
        int taps = w.KernelHeight * w.KernelWidth;
        if (taps == 1)
        {
            return (((Index)chunk * w.GroupInChannels) + depth) * view.Block;
        }

        var (channel, tap, row, column) = (new LoopVariable("c"), new LoopVariable("tap"), new LoopVariable("ky"), new LoopVariable("kx"));
        return new AddressPart(
            [
                new Let(channel, IndexOperation.Divide, depth, taps),
                new Let(tap, IndexOperation.Remainder, depth, taps),
                new Let(row, IndexOperation.Divide, tap, w.KernelWidth),
                new Let(column, IndexOperation.Remainder, tap, w.KernelWidth),
            ],
            ((((Index)chunk * w.GroupInChannels) + channel) * view.Block)
            + ((Index)row * (w.DilationHeight * view.Row)) + ((Index)column * (w.DilationWidth * view.Pixel)));
    }

    private static Loop Bound(LoopVariable variable, int extent, int axis, Statement body) => new(variable, 0, extent, 1, LoopKind.Group, [body], axis);
}
