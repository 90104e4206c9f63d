using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Where the positions of a convolution's output lie in its operands, and where four of them follow each other in memory.</summary>
/// <param name="w">Workload.</param>
/// <param name="binding">Where the operands lie.</param>
/// <param name="outputs">Where outputs go, and where what is added to them comes from.</param>
internal sealed class GemmPlaces(ConvolutionWorkload w, KernelSignature binding, IEnumerable<ActivationView> outputs)
{
    /// <summary>An output is computed from the inputs at its own position.</summary>
    public bool IsPointwise { get; } = w is { KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, Padding.IsEmpty: true };

    /// <summary>Four inputs of the product follow each other: those of neighbouring positions, or of channels where activations lie in rows.</summary>
    public bool HasInputFours => w.IsDense
        ? HasChannelFours(binding.Input, w.InChannels)
        : IsPointwise && HasPositionFours(binding.Input, IsFlat(binding.Input));

    /// <summary>Four outputs do, and so does what is added to them.</summary>
    public bool HasOutputFours => outputs.All(view => w.IsDense ? HasChannelFours(view, w.OutChannels) : HasPositionFours(view, outputs.All(IsFlat)));

    /// <summary>True when all positions of a channel follow each other.</summary>
    /// <param name="view">A view of the output, or of an input of its size.</param>
    public bool IsFlat(ActivationView view) => w.Batch == 1 && view.HasContiguousRows(w.OutWidth);

    /// <summary>Image, row and column of a position for outputs; all columns of one row where rows follow each other.</summary>
    /// <param name="position">The position.</param>
    public (ImmutableArray<Statement> Bindings, Index Image, Index Row, Index Column) OfOutput(Index position) =>
        outputs.All(IsFlat) ? ([], 0, 0, position) : Decoded(position);

    /// <summary>Image, row and column of a position.</summary>
    /// <param name="position">The position.</param>
    public (ImmutableArray<Statement> Bindings, Index Image, Index Row, Index Column) Decoded(Index position)
    {
        if (w.OutHeight == 1 && w.Batch == 1)
        {
            return ([], 0, 0, position);
        }

        var (column, rest, row, image) = (new LoopVariable("ox"), new LoopVariable("rest"), new LoopVariable("oy"), new LoopVariable("n"));
        Statement[] columns = [new Let(column, IndexOperation.Remainder, position, w.OutWidth), new Let(rest, IndexOperation.Divide, position, w.OutWidth)];
        return w.Batch == 1
            ? ([.. columns], 0, rest, column)
            : ([.. columns, new Let(row, IndexOperation.Remainder, rest, w.OutHeight), new Let(image, IndexOperation.Divide, rest, w.OutHeight)],
                image, row, column);
    }

    private bool HasPositionFours(ActivationView view, bool isFlat) =>
        view.Pixel == 1 && Four.Divides(view.Origin, view.Block)
        && (isFlat ? Four.Divides(w.OutHeight * w.OutWidth) : Four.Divides(view.Row, view.Batch, w.OutWidth));

    private bool HasChannelFours(ActivationView view, int channels) =>
        w is { Groups: 1, Batch: 1, OutHeight: 1 } && view.Block == 1 && Four.Divides(view.Origin, view.Pixel, channels);
}
